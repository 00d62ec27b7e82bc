// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';

const MB = 1024 * 1024;

/** Streams a log of lines made by `line` (an expression) through a masker in a process of its own; gives the growth of its peak RSS. */
function peakGrowth(megabytes: number, line: string): number {
  const script = `
    import { createTextMasker } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
    import { createHmac } from 'node:crypto';
    const hmac = (message) => createHmac('sha256', 'k').update(message).digest();
    const source = { cluster: '', resource: '', namespace: '', name: '', part: '' };
    const masker = createTextMasker({ hmac, inflate: () => undefined, source, cutNonce: new Uint8Array(16) });
    let inBytes = 0;
    let n = 0;
    const write = (limit) => {
      while (inBytes < limit) {
        const bytes = Buffer.from(${line});
        inBytes += bytes.length;
        masker.write(bytes);
        n++;
      }
    };
    write(16 * 1024 * 1024);
    const before = process.resourceUsage().maxRSS;
    write(${megabytes * MB});
    masker.end();
    console.log((process.resourceUsage().maxRSS - before) * 1024);
  `;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return Number(run.stdout);
}

for (const [what, line] of [
  [
    'of lines with and without credentials',
    "'order ' + n + ' shipped, password=' + n + 'x\\n' + 'a line like any other\\n'.repeat(900)",
  ],
  ['that is one line', "'a line that never ends, '.repeat(700) + n"],
  ['that is one word', "'A1'.repeat(8192)"],
] as const) {
  it(`masks 120 MB of log ${what} in constant memory`, () => {
    const grown = peakGrowth(120, line);
    assert.ok(grown < 24 * MB, `peak RSS grew by ${Math.round(grown / MB)} MB`);
  });
}
