// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import { ChannelDecoder, WebSocketDecoder } from '@countersign/kube';
import { FrameTurns } from '../frame-turns.ts';
import { WebSocketCaller } from './web-socket-caller.ts';

const HOLD_MS = 50;
/** Timers may be a little early. */
const EARLY_MS = 5;
const streams = { stdin: false, stdout: true, stderr: true, tty: false };
const noBytes = new Uint8Array(0);

/** What comes at the other end, and when, in milliseconds from now. */
async function told(connection: Duplex): Promise<readonly { readonly what: string; readonly atMs: number }[]> {
  const begun = performance.now();
  const frames = new WebSocketDecoder({ peer: 'server' });
  const channels = new ChannelDecoder({ version: 5, side: 'server' });
  const all: { what: string; atMs: number }[] = [];
  connection.on('data', (chunk: Buffer) => {
    const pieces = frames.push(chunk).filter((event) => event.type === 'data');
    for (const { type, channel, ...rest } of pieces.flatMap((piece) => channels.push(piece))) {
      const text = 'data' in rest ? ` ${Buffer.from(rest.data).toString()}` : '';
      all.push({ what: `${type} ${channel}${text}`, atMs: performance.now() - begun });
    }
  });
  await once(connection, 'end');
  connection.destroy();
  return all;
}

for (const outputs of [
  [
    ['stdout', noBytes],
    ['stdout', Buffer.from('out')],
    ['stderr', Buffer.from('err')],
  ],
  [],
] as const) {
  test(`a caller is told nothing before it can have made its streams: ${outputs.length} outputs, then the end`, async () => {
    const [caller, callersEnd] = duplexPair();
    const all = told(caller);
    const ours = new WebSocketCaller(callersEnd, 5, streams, HOLD_MS, new FrameTurns());
    const written = outputs.map(([channel, data]) => ours.output(channel, data));
    await Promise.all([...written, ours.finish({ outcome: 'success' })]);
    const expected = outputs.map(([channel, data]) => `data ${channel} ${Buffer.from(data).toString()}`);
    const status = 'data error {"metadata":{},"status":"Success"}';
    assert.deepEqual(
      (await all).map(({ what }) => what),
      [...expected, status],
    );
    for (const { what, atMs } of await all) assert.ok(atMs > HOLD_MS - EARLY_MS, `${what} after ${atMs} ms`);
  });
}
