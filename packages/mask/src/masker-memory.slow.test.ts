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

/** Bytes that a watch of ConfigMaps keeps after one event of 4.3 MB, or without it, and some small ones. */
function keptBytes(resource: string, hasLarge: boolean): number {
  const script = `
    import { createHmac } from 'node:crypto';
    import { createMasker, maskingFor } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
    const request = { kind: 'resource', verb: 'watch', group: '', version: 'v1', resource: '${resource}', namespace: '' };
    const hmac = (message) => createHmac('sha256', 'k').update(message).digest();
    const WATCHES = 20;
    const event = (data) => {
      const metadata = { name: 'a', uid: 'u', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data }) } };
      return Buffer.from(JSON.stringify({ type: 'MODIFIED', object: { metadata, data } }) + '\\n');
    };
    const large = event({ token: 'Qd7wXk2mVb9rTz4p', text: '<Qd7wXk2mVb9rTz4p>'.repeat(120_000) });
    const small = event({ text: 'eHh4eHh4' });
    const watches = Array.from({ length: WATCHES }, () => createMasker(maskingFor(request), { hmac, cluster: 'lab' }));
    const write = (masker, bytes) => {
      for (let at = 0; at < bytes.length; at += 16384) for (const _ of masker.writeInTurns(bytes.subarray(at, at + 16384)));
    };
    const usedBytes = () => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const settledBytes = async () => {
      for (let used = Infinity; ; used = usedBytes()) {
        gc();
        await new Promise(setImmediate);
        if (used - usedBytes() < 1024) return usedBytes();
      }
    };
    for (const masker of watches) write(masker, small);
    const before = await settledBytes();
    for (const masker of watches) {
      if (${hasLarge}) write(masker, large);
      for (let count = 0; count < 20; count++) write(masker, small);
    }
    console.log(((await settledBytes()) - before) / WATCHES);
    if (large.length < 4 * 1024 * 1024) throw new TypeError('the large event is small');
    for (const masker of watches) if (masker.heldBytes() !== 0) throw new TypeError('it holds bytes');
  `;
  const run = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return Number(run.stdout);
}

for (const resource of ['configmaps', 'secrets']) {
  it(`keeps nothing of one large event of a watch of ${resource} once that is over`, () => {
    const [without, with_] = [keptBytes(resource, false), keptBytes(resource, true)];
    assert.ok(with_ - without < 256 * 1024, `${Math.round((with_ - without) / 1024)} KiB a watch`);
  });
}

it('masks a list of 200 MB in constant memory', () => {
  const { grownBytes, outBytes } = peakGrowth(200);
  assert.ok(outBytes > 0);
  assert.ok(grownBytes < 24 * MB, `peak RSS grew by ${Math.round(grownBytes / MB)} MB`);
});
