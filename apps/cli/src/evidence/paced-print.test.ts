// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

const PACED = new URL('./paced-print.ts', import.meta.url).href;

/** Prints more than a pipe holds, line by line, and then says how many listen to stdout. */
const SCRIPT = `
  import { pacedPrint } from ${JSON.stringify(PACED)};
  const print = pacedPrint((line) => process.stdout.write(line));
  for (let line = 0; line < 100; line++) await print('x'.repeat(200_000));
  process.stderr.write(String(process.stdout.listenerCount('drain') + process.stdout.listenerCount('close')));
`;

test('lines wait for whoever reads them, and leave nobody listening', { timeout: 30_000 }, async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, said] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.deepEqual({ length: out.length, said }, { length: 100 * 200_001, said: '0' });
});
