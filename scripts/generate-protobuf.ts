// SPDX-License-Identifier: Apache-2.0
// `npm run generate:protobuf`: asks Kubernetes' own Go types for the table of built-in types. A test holds it to them.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run-step.ts';

const oracle = join(root, 'conformance/protobuf-oracle');
const file = join(root, 'packages/kube/src/protobuf/built-in-types.ts');

const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
const table = execFileSync('go', ['run', '.', 'table'], { cwd: oracle, env, encoding: 'utf8', maxBuffer: 2 ** 24 });
writeFileSync(
  file,
  `// SPDX-License-Identifier: Apache-2.0

/**
 * What \`conformance/protobuf-oracle table\` says: a line for each built-in kind with its message, an empty line, and a
 * line for each message with its fields. \`npm run generate:protobuf\` makes it anew.
 */
export const builtInTypes = \`${table.trimEnd()}\`;
`,
);
