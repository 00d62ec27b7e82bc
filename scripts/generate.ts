// SPDX-License-Identifier: Apache-2.0
// `npm run generate` writes what is derived from the code; with --check it only says whether that is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clientsReference } from '../e2e/clients/clients-reference.ts';
import { approvalCauseSchemaFile } from './generate/approval-cause-schema.ts';
import { cliReference } from './generate/cli-reference.ts';
import { configReference, configSchemaFile } from './generate/config-files.ts';
import { errorsReference } from './generate/errors-reference.ts';
import type { GeneratedFile } from './generate/generated-file.ts';
import { policySchemaFile } from './generate/policy-schema.ts';
import { recordSchema } from './generate/record-schema.ts';
import { root } from './run-step.ts';

const files: readonly GeneratedFile[] = [
  configSchemaFile(),
  configReference(),
  errorsReference(),
  cliReference(),
  policySchemaFile(),
  recordSchema(),
  approvalCauseSchemaFile(),
  clientsReference(),
];

function current(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}

const stale = files.filter(({ path, text }) => current(path) !== text);
if (process.argv.includes('--check')) {
  for (const { path } of stale) process.stdout.write(`${path} is not what the code says; run \`npm run generate\`\n`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { path, text } of stale) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    process.stdout.write(`wrote ${path}\n`);
  }
}
