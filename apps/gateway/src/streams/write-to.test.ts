// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { CallerGone } from '../data/incoming.ts';
import { writeTo } from './write-to.ts';

function connection(): { readonly duplex: Duplex; readonly writes: string[][] } {
  const writes: string[][] = [];
  const duplex = new Duplex({
    read() {},
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => String(chunk)));
      done();
    },
  });
  return { duplex, writes };
}

test('parts are written as one', async () => {
  const { duplex, writes } = connection();
  await writeTo(duplex, Buffer.from('head'), Buffer.from('rest'));
  await writeTo(duplex, Buffer.from('alone'));
  assert.deepEqual(writes, [['head', 'rest'], ['alone']]);
});

test('what is written to a connection that is closed is refused', async () => {
  const { duplex, writes } = connection();
  duplex.destroy();
  await assert.rejects(writeTo(duplex, Buffer.from('head'), Buffer.from('rest')), CallerGone);
  assert.deepEqual(writes, []);
});
