// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { eachChunk } from './each-chunk.ts';

async function read(body: Readable): Promise<string[]> {
  const read: string[] = [];
  const take = async (chunk: Uint8Array) => {
    read.push(Buffer.from(chunk).toString());
  };
  await eachChunk(body, take, nextTurn);
  return read;
}

describe('eachChunk', () => {
  it('hands on what there is, in order', async () => {
    assert.equal(
      (await read(Readable.from(['one', 'two', 'three'].map((text) => Buffer.from(text))))).join(),
      'one,two,three',
    );
    assert.deepEqual(await read(Readable.from([])), []);
  });

  it('waits for what comes later', async () => {
    const body = new Readable({ read() {} });
    const reading = read(body);
    for (const text of ['one', 'two']) {
      await nextTurn();
      body.push(text);
    }
    await nextTurn();
    body.push(null);
    assert.deepEqual(await reading, ['one', 'two']);
  });

  it('takes one piece at a time, so that the source waits for a slow taker', async () => {
    let made = 0;
    let taken = 0;
    const body = new Readable({
      highWaterMark: 1,
      read() {
        made += 1;
        this.push(made > 10 ? null : Buffer.alloc(1));
      },
    });
    // Bytes, for Node 24 hands on together what it has read ahead.
    const take = async ({ length }: Uint8Array) => {
      taken += length;
      assert.ok(made - taken <= 2, `${made} made, ${taken} taken`);
      await nextTurn();
    };
    await eachChunk(body, take, nextTurn);
    assert.equal(taken, 10);
  });

  it('lets others have a turn, however much of a body is there', async () => {
    let made = 0;
    const body = new Readable({
      read() {
        made += 1;
        this.push(made > 64 ? null : Buffer.alloc(16 * 1024));
      },
    });
    let taken = 0;
    let most = 0;
    let before = 0;
    let isOver = false;
    const turn = () => {
      most = Math.max(most, taken - before);
      before = taken;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const take = async ({ length }: Uint8Array) => {
      taken += length;
    };
    await eachChunk(body, take, nextTurn);
    isOver = true;
    turn();
    assert.equal(taken, 1_048_576);
    assert.ok(most <= 128 * 1024, `${most} bytes in one turn`);
  });

  it('fails as the body does, also when it was broken off before', async () => {
    const broken = new Readable({ read() {} });
    const reading = read(broken);
    broken.destroy(new TypeError('cut'));
    await assert.rejects(reading, { message: 'cut' });
    await assert.rejects(read(broken), { message: 'cut' });
  });

  it('takes no destroyed body for one that has ended', async () => {
    const destroyed = new Readable({ read() {} });
    const reading = read(destroyed);
    destroyed.destroy();
    await assert.rejects(reading, { name: 'TypeError' });
    await assert.rejects(read(destroyed), { name: 'TypeError' });
  });

  it('fails as the taker does', async () => {
    const take = () => Promise.reject(new TypeError('full'));
    const failing = eachChunk(Readable.from([Buffer.from('one')]), take, nextTurn);
    await assert.rejects(failing, { message: 'full' });
  });
});
