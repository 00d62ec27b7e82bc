// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';

const MB = 1024 * 1024;

/** Streams a SecretList of `megabytes` through a masker in a process of its own; gives the growth of its peak RSS. */
function peakGrowth(megabytes: number): { grownBytes: number; outBytes: number } {
  const script = `
    import { createHmac } from 'node:crypto';
    import { createMasker, maskingFor } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
    const request = { kind: 'resource', verb: 'list', group: '', version: 'v1', resource: 'secrets', namespace: '' };
    const hmac = (message) => createHmac('sha256', 'k').update(message).digest();
    const masker = createMasker(maskingFor(request), { hmac, cluster: 'lab', nonce: new Uint8Array(16) });
    const data = Object.fromEntries(Array.from({ length: 8 }, (_, i) => ['key' + i, 'QUJD'.repeat(1000 * (i + 1))]));
    const item = (name) => JSON.stringify({ metadata: { name, namespace: 'shop', uid: name }, data, type: 'Opaque' });
    let outBytes = 0;
    let inBytes = 0;
    const write = (text) => {
      const bytes = Buffer.from(text);
      inBytes += bytes.length;
      for (let at = 0; at < bytes.length; at += 65536) outBytes += masker.write(bytes.subarray(at, at + 65536)).length;
    };
    write('{"kind":"SecretList","apiVersion":"v1","metadata":{},"items":[' + item('first'));
    while (inBytes < 8 * 1024 * 1024) write(',' + item('warm' + inBytes));
    const before = process.resourceUsage().maxRSS;
    while (inBytes < ${megabytes * MB}) write(',' + item('s' + inBytes));
    write(']}');
    masker.end();
    console.log(JSON.stringify({ grownBytes: (process.resourceUsage().maxRSS - before) * 1024, outBytes }));
  `;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout);
}

it('masks a list of 200 MB in constant memory', () => {
  const { grownBytes, outBytes } = peakGrowth(200);
  assert.ok(outBytes > 0);
  assert.ok(grownBytes < 24 * MB, `peak RSS grew by ${Math.round(grownBytes / MB)} MB`);
});
