// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readyText } from './print-up.ts';
import { upPaths } from './up-paths.ts';

test('the README shows what `npm start` prints when it is ready, commands included', () => {
  const paths = upPaths('.countersign');
  const text = readyText(
    {
      event: 'ready',
      clusters: [{ name: 'lab', server: 'https://127.0.0.1:8443/clusters/lab' }],
      kubeconfigs: paths.kubeconfigs,
      evidence: { dir: join(paths.evidence, 'log'), trust: join(paths.dataDir, 'evidence-trust.txt') },
      control: 'https://127.0.0.1:8445',
    },
    paths,
  );
  const readme = readFileSync(fileURLToPath(new URL('../../../../README.md', import.meta.url)), 'utf8');
  assert.ok(readme.includes(text), `not in README.md:\n${text}`);
  const commands = text
    .split('\n')
    .filter((line) => /^ {2}(?:\.countersign\/bin\/kubectl|npx countersign) /.test(line));
  assert.equal(commands.length, 4);
  for (const command of commands) assert.ok(readme.includes(`\`\`\`sh\n${command.trim()}\n\`\`\``), command);
});
