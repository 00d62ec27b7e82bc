// SPDX-License-Identifier: Apache-2.0
// What peers of a session might send: frames that fit, frames that don't, and bytes that are none.
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import {
  type Channel,
  channelStreamHeaders,
  channels,
  encodeChannelClose,
  encodeChannelData,
  encodeFrame,
  encodeStreamStatus,
  opcodes,
  portStreamHeaders,
  type SpdyHeaders,
  SpdySession,
} from '@countersign/kube';
import fc from 'fast-check';
import { inflate } from './inflate.ts';

/** So that every run of the tests is like another: `FUZZ_SEED` and `FUZZ_RUNS` take others, and more. */
export const fuzzParameters = {
  seed: Number(process.env.FUZZ_SEED ?? 1_391_973_050),
  numRuns: Number(process.env.FUZZ_RUNS ?? 300),
};

const MASK = Uint8Array.of(1, 2, 3, 4);
const data = fc.uint8Array({ maxLength: 300 });
const channel = fc.constantFrom(...channels);

/** What is sent, and in which pieces. */
export interface Sent {
  readonly bytes: Buffer;
  readonly cuts: readonly number[];
}

/** Bytes, most of them as they are, some with a few changed, some cut off, in pieces of any size. */
function sent(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Sent> {
  const edits = fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.tuple(fc.nat(5_000), fc.nat(255)), { maxLength: 3 }) },
  );
  const kept = fc.oneof({ weight: 7, arbitrary: fc.constant(Number.MAX_SAFE_INTEGER) }, fc.nat(2_000));
  const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2_000 })), {
    minLength: 1,
  });
  return fc.tuple(bytes, edits, kept, cuts).map(([whole, changes, length, sizes]) => {
    const changed = Buffer.from(whole);
    for (const [at, byte] of changes) if (changed.length > 0) changed[at % changed.length] = byte;
    return { bytes: changed.subarray(0, length), cuts: sizes };
  });
}

/** Writes it piece by piece, a turn between, as long as anybody is there, and ends. */
export async function send(connection: Duplex, { bytes, cuts }: Sent): Promise<void> {
  for (let at = 0, piece = 0; at < bytes.length && !connection.destroyed; piece++) {
    const size = cuts[piece % cuts.length] ?? 1;
    connection.write(bytes.subarray(at, at + size));
    at += size;
    await turn();
  }
  if (!connection.destroyed) connection.end();
}

function status(): fc.Arbitrary<Uint8Array> {
  return fc
    .constantFrom(
      { outcome: 'success' as const },
      { outcome: 'exit' as const, exitCode: 3, message: 'm' },
      { outcome: 'failure' as const, reason: 'InternalError', message: 'm' },
    )
    .map(encodeStreamStatus);
}

/** Messages of the channels of a session, and other frames of a WebSocket among them. */
export function channelMessages(from: 'caller' | 'upstream'): fc.Arbitrary<Sent> {
  const mask = from === 'caller' ? MASK : undefined;
  const opcode = fc.constantFrom(...Object.values(opcodes).filter((one) => one !== opcodes.close));
  const message = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(channel, data).map(([on, bytes]) => encodeChannelData(on, bytes, mask)) },
    fc
      .tuple(fc.constantFrom('stdin', 'stdout'), data)
      .map(([on, bytes]) => encodeChannelData(on as Channel, bytes, mask)),
    channel.map((on) => encodeChannelClose(on, mask)),
    status().map((bytes) => encodeChannelData('error', bytes, mask)),
    fc.constant(encodeChannelData('resize', Buffer.from('{"Width":10,"Height":20}'), mask)),
    fc.tuple(opcode, fc.uint8Array({ maxLength: 120 })).map(([code, bytes]) => encodeFrame(code, [bytes], mask)),
  );
  return sent(fc.array(message, { maxLength: 12 }).map((all) => Buffer.concat(all)));
}

/** Messages of the channels of a port-forward with three ports. */
export function portMessages(): fc.Arbitrary<Sent> {
  const to = fc.constantFrom(0, 2, 4, 0, 2, 4, 1, 9);
  const message = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(to, data).map(([on, bytes]) => encodeFrame(opcodes.binary, [Uint8Array.of(on), bytes], MASK)),
    },
    data.map((bytes) => encodeFrame(opcodes.ping, [bytes.subarray(0, 120)], MASK)),
    data.map((bytes) => encodeFrame(opcodes.continuation, [bytes], MASK)),
  );
  return sent(fc.array(message, { maxLength: 12 }).map((all) => Buffer.concat(all)));
}

/** A data frame, of whatever stream: what a session of ours would not write. */
function dataFrame(stream: number, bytes: Uint8Array, fin: boolean): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(stream);
  head.writeUInt32BE(bytes.length, 4);
  head[4] = fin ? 1 : 0;
  return Buffer.concat([head, bytes]);
}

/** A frame that resets a stream (3), asks for an answer (6) or takes no more streams (7). */
function controlFrame(type: 3 | 6 | 7, words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 + 4 * words.length);
  bytes.writeUInt32BE(0x8003_0000 + type);
  bytes.writeUInt32BE(4 * words.length, 4);
  for (const [at, word] of words.entries()) bytes.writeUInt32BE(word, 8 + 4 * at);
  return bytes;
}

/** What is done on a SPDY connection, beside opening streams. */
function loose(streams: readonly number[]): fc.Arbitrary<Buffer> {
  const stream = fc.constantFrom(...streams);
  const fin = fc.nat(4).map((one) => one === 0);
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(stream, data, fin).map((each) => dataFrame(...each)) },
    { weight: 1, arbitrary: status().map((bytes) => dataFrame(1, bytes, true)) },
    { weight: 1, arbitrary: stream.map((one) => controlFrame(3, [one, 5])) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }).map((id) => controlFrame(6, [id])) },
    { weight: 1, arbitrary: fc.constant(controlFrame(7, [0, 0])) },
  );
}

/** Steps in an order of their own: each list keeps its order, and where they mix is chosen. */
function mixed(first: readonly Uint8Array[], second: readonly Uint8Array[], takesFirst: readonly boolean[]): Buffer {
  const [a, b] = [[...first], [...second]];
  const all: Uint8Array[] = [];
  for (let at = 0; a.length + b.length > 0; at++) {
    const next = takesFirst[at % takesFirst.length] ? (a.shift() ?? b.shift()) : (b.shift() ?? a.shift());
    if (next) all.push(next);
  }
  return Buffer.concat(all);
}

const order = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 });

/** A caller over SPDY that opens streams with these headers. */
export function spdyCaller(headers: fc.Arbitrary<readonly SpdyHeaders[]>): fc.Arbitrary<Sent> {
  const acts = fc.array(loose([1, 3, 5, 7, 9, 11, 2]), { maxLength: 15 });
  return sent(
    fc.tuple(headers, acts, order).map(([all, frames, takesOpened]) => {
      const session = new SpdySession({ role: 'client', inflate });
      return mixed(
        all.map((each) => session.open(each).bytes),
        frames,
        takesOpened,
      );
    }),
  );
}

/** The streams of a session, most often each once. */
export const sessionHeaders: fc.Arbitrary<readonly SpdyHeaders[]> = fc
  .oneof(
    { weight: 4, arbitrary: fc.shuffledSubarray([...channels], { minLength: 3 }) },
    fc.array(channel, { maxLength: 6 }),
  )
  .map((all) => all.map((each) => channelStreamHeaders(each)));

/** An API server over SPDY that takes the streams that were opened, or some of them. */
export function spdyUpstream(): fc.Arbitrary<Sent> {
  const acts = fc.array(loose([1, 3, 5, 7, 9, 11, 2]), { maxLength: 15 });
  const taken = fc.oneof({ weight: 4, arbitrary: fc.constant(5) }, fc.nat(7));
  return sent(
    fc.tuple(taken, acts, order).map(([count, frames, takesReplies]) => {
      const [opener, session] = (['client', 'server'] as const).map((role) => new SpdySession({ role, inflate }));
      const replies = Array.from({ length: count }, () => {
        const { stream, bytes } = (opener as SpdySession).open(channelStreamHeaders('stdout'));
        session?.push(bytes);
        return (session as SpdySession).accept(stream);
      });
      return mixed(replies, frames, takesReplies);
    }),
  );
}

/** The streams of connections to ports, most often two for each. */
export function portHeaders(ports: readonly number[]): fc.Arbitrary<readonly SpdyHeaders[]> {
  const types = fc.constantFrom(
    ...([['error', 'data'], ['error', 'data'], ['data', 'error'], ['error'], ['data']] as const),
  );
  const connection = fc.tuple(fc.constantFrom(...ports), fc.nat(9), types);
  return fc
    .array(connection, { maxLength: 6 })
    .map((all) =>
      all.flatMap(([port, requestId, order]) =>
        order.map((type) => portStreamHeaders({ type, port, requestId: String(requestId) })),
      ),
    );
}

/** A SPDY tunnel's messages from an API server that does as it likes. */
export function tunnelMessages(): fc.Arbitrary<Sent> {
  const acts = fc.array(loose([1, 3, 5, 7, 9, 2]), { maxLength: 8 });
  return sent(acts.map((all) => Buffer.concat(all.map((bytes) => encodeFrame(opcodes.binary, [bytes])))));
}
