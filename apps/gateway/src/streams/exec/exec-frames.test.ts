// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import {
  type Channel,
  ChannelDecoder,
  channelOfStream,
  channelStreamHeaders,
  KubeError,
  SpdySession,
  WebSocketDecoder,
} from '@countersign/kube';
import type { StreamFrame } from '@countersign/recording';
import fc from 'fast-check';
import { CallerGone } from '../../data/incoming.ts';
import { Fault } from '../../faults.ts';
import { WaitingRoom } from '../../recordings/waiting-room.ts';
import { FrameTurns } from '../frame-turns.ts';
import {
  channelMessages,
  fuzzParameters,
  type Sent,
  send,
  sessionHeaders,
  spdyCaller,
  spdyUpstream,
} from '../frames-for-tests.ts';
import { inflate } from '../inflate.ts';
import { ExecRelay } from './relay-exec.ts';
import { SpdyCaller } from './spdy-caller.ts';
import { SpdyUpstream } from './spdy-upstream.ts';
import { WebSocketCaller } from './web-socket-caller.ts';
import { WebSocketUpstream } from './web-socket-upstream.ts';

/** More than any caller of these opens. */
const MOST_STREAMS = 16;

type Heard = Partial<Record<Channel, string>>;

/** What somebody heard, channel by channel. @throws KubeError for what is no frame, or does not fit */
type Ear = (bytes: Uint8Array) => readonly (readonly [Channel, Uint8Array])[];

function webSocketEar(peer: 'client' | 'server'): Ear {
  const frames = new WebSocketDecoder({ peer });
  const channels = new ChannelDecoder({ version: 5, side: peer });
  return (bytes) =>
    frames
      .push(bytes)
      .flatMap((event) =>
        event.type === 'data'
          ? channels.push(event).flatMap((one) => (one.type === 'data' ? [[one.channel, one.data] as const] : []))
          : [],
      );
}

/** Hears what a server of SPDY hears, which is told what each stream is. */
function spdyServersEar(): Ear {
  const session = new SpdySession({ role: 'server', inflate });
  const byStream = new Map<number, Channel>();
  return (bytes) =>
    session.push(bytes).flatMap((event) => {
      if (event.type === 'opened') byStream.set(event.stream, channelOfStream(event.headers));
      const channel = event.type === 'data' ? byStream.get(event.stream) : undefined;
      return event.type === 'data' && channel ? [[channel, event.data] as const] : [];
    });
}

/** Hears what a client of SPDY hears; which channel a stream is it does not say, only that all of it can be read. */
function spdyClientsEar(): Ear {
  const session = new SpdySession({ role: 'client', inflate });
  for (let opened = 0; opened < MOST_STREAMS; opened++) session.open(channelStreamHeaders('stdout'));
  return (bytes) => {
    session.push(bytes);
    return [];
  };
}

/** All that comes to an end of a connection, until it is closed. */
function hear(end: Duplex, ear: Ear): { readonly heard: Heard; readonly problem: () => unknown } {
  const heard: Heard = {};
  let problem: unknown;
  end.on('data', (chunk: Buffer) => {
    try {
      for (const [channel, data] of ear(chunk))
        heard[channel] = (heard[channel] ?? '') + Buffer.from(data).toString('latin1');
    } catch (error) {
      problem ??= error;
    }
  });
  return { heard, problem: () => problem };
}

interface Given {
  readonly caller: { readonly isSpdy: boolean; readonly sent: Sent };
  readonly upstream: { readonly isSpdy: boolean; readonly sent: Sent };
  readonly isTerminal: boolean;
  readonly isSlow: boolean;
}

const either = (spdy: fc.Arbitrary<Sent>, webSocket: fc.Arbitrary<Sent>) =>
  fc.oneof(
    spdy.map((sent) => ({ isSpdy: true, sent })),
    webSocket.map((sent) => ({ isSpdy: false, sent })),
  );

const given: fc.Arbitrary<Given> = fc.record({
  caller: either(spdyCaller(sessionHeaders), channelMessages('caller')),
  upstream: either(spdyUpstream(), channelMessages('upstream')),
  isTerminal: fc.boolean(),
  isSlow: fc.boolean(),
});

function isKnown(error: Error): boolean {
  return [KubeError, Fault, CallerGone].some((known) => error instanceof known);
}

/** Relays what both sides send, to their end, and gives what came out where. */
async function relayed({ caller, upstream, isTerminal, isSlow }: Given) {
  const [callersEnd, callerSide] = duplexPair();
  const [upstreamSide, upstreamsEnd] = duplexPair();
  const all = [callersEnd, callerSide, upstreamSide, upstreamsEnd];
  for (const each of all) each.on('error', () => {});
  const streams = { stdin: true, stdout: true, stderr: !isTerminal, tty: isTerminal };
  const recorded: Heard = {};
  const write = async (frame: StreamFrame) => {
    if (isSlow) await turn();
    if (!('bytes' in frame)) return;
    recorded[frame.channel as Channel] =
      (recorded[frame.channel as Channel] ?? '') + Buffer.from(frame.bytes).toString('latin1');
  };
  const atUpstream = hear(upstreamsEnd, upstream.isSpdy ? spdyServersEar() : webSocketEar('client'));
  const atCaller = hear(callersEnd, caller.isSpdy ? spdyClientsEar() : webSocketEar('server'));
  const turns = new FrameTurns();
  const from = caller.isSpdy
    ? new SpdyCaller(callerSide, streams, turns)
    : new WebSocketCaller(callerSide, 5, streams, 0, turns);
  using to = upstream.isSpdy ? new SpdyUpstream(upstreamSide, streams) : new WebSocketUpstream(upstreamSide);
  const exchange = { abort: new AbortController(), allowance: { spend() {}, hasBytes: async () => {} } };
  using relay = new ExecRelay({
    exchange: exchange as unknown as ConstructorParameters<typeof ExecRelay>[0]['exchange'],
    upstream: to,
    recording: { room: new WaitingRoom(), write },
    recordsStdin: true,
  });
  const sending = [send(callersEnd, caller.sent), send(upstreamsEnd, upstream.sent)];
  const outcome = await relay.run(from).catch((error: unknown) => error);
  for (const each of all) each.destroy();
  await Promise.all(sending);
  return { outcome, recorded, atUpstream, atCaller, flowed: relay.flowed };
}

const lengthOf = (heard: Heard, ...channels: readonly Channel[]) =>
  channels.reduce((sum, channel) => sum + (heard[channel]?.length ?? 0), 0);

test('whatever both sides of a session send, it comes to an end, and nothing passes unread or unrecorded', async () => {
  await fc.assert(
    fc.asyncProperty(given, async (sides) => {
      const { outcome, recorded, atUpstream, atCaller, flowed } = await relayed(sides);
      if (outcome instanceof Error) assert.ok(isKnown(outcome), `${outcome.stack}`);
      assert.deepEqual([atUpstream.problem(), atCaller.problem()], [undefined, undefined]);
      assert.ok((recorded.stdin ?? '').startsWith(atUpstream.heard.stdin ?? ''));
      for (const channel of ['stdout', 'stderr'] as const)
        assert.ok((recorded[channel] ?? '').startsWith(atCaller.heard[channel] ?? ''));
      assert.ok(lengthOf(recorded, 'stdin') >= flowed.bytesUp);
      assert.ok(lengthOf(recorded, 'stdout', 'stderr') >= flowed.bytesDown);
    }),
    fuzzParameters,
  );
});
