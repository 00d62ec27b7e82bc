// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';

const MB = 1024 * 1024;
/** A collector that is not given the processor lets some grow; who keeps what flows has all 32 MB of it. */
const MAX_GROWTH = 24 * MB;

/** Streams an output of pieces made by `piece` (an expression) through a mask in a process of its own; gives the growth of its peak RSS. */
function peakGrowth(megabytes: number, piece: string): number {
  const script = `
    import { createStreamMask } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
    import { createHmac, randomBytes } from 'node:crypto';
    const hmac = (message) => createHmac('sha256', 'k').update(message).digest();
    const source = { cluster: '', resource: '', namespace: '', name: '', part: '' };
    const mask = createStreamMask({ hmac, inflate: () => undefined, source });
    let inBytes = 0;
    let n = 0;
    const push = (limit) => {
      while (inBytes < limit) {
        const bytes = Buffer.from(${piece});
        inBytes += bytes.length;
        mask.push(bytes, n++);
        if (mask.due() !== undefined) mask.tick(n);
      }
    };
    push(8 * 1024 * 1024);
    const before = process.resourceUsage().maxRSS;
    push(${megabytes * MB});
    mask.end();
    console.log((process.resourceUsage().maxRSS - before) * 1024);
  `;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return Number(run.stdout);
}

for (const [what, piece] of [
  ['that is no text', 'randomBytes(32768)'],
  ['that is one word', "'A1'.repeat(8192)"],
  ['that is one control string', "'\\u001b]0;' + 'title '.repeat(4096)"],
  ['that is one password', "(n === 0 ? 'password=' : '') + 'x7'.repeat(8192)"],
] as const) {
  it(`masks 40 MB of output ${what} in constant memory`, () => {
    const grown = peakGrowth(40, piece);
    assert.ok(grown < MAX_GROWTH, `peak RSS grew by ${Math.round(grown / MB)} MB`);
  });
}
