// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type Duplex, duplexPair } from 'node:stream';
import type { LogRecord } from '@countersign/evidence';
import {
  encodeFrame,
  opcodes,
  parseRequest,
  portStreamHeaders,
  type SpdyEvent,
  SpdySession,
  type StreamProtocol,
  WebSocketDecoder,
} from '@countersign/kube';
import { type Decision, decide } from '@countersign/policy';
import type { StreamFrame } from '@countersign/recording';
import type { LivePart, Masked } from '../../exchange.ts';
import { ActiveGrants } from '../../grants/active-grants.ts';
import type { Log } from '../../log/log.ts';
import { LogError } from '../../log/log-error.ts';
import { agent, inputOf, labSet } from '../../policies/policy-fixture.ts';
import type { ClusterPolicies, PolicyStore } from '../../policies/policy-store.ts';
import type { OpenRecording } from '../../recordings/open-recording.ts';
import { RecordingsError } from '../../recordings/recordings-error.ts';
import { WaitingRoom } from '../../recordings/waiting-room.ts';
import { faultOf } from '../../respond/fault-of.ts';
import { inflate } from '../inflate.ts';
import { isSession } from '../session.ts';
import { runPortForward } from './run-port-forward.ts';

const TARGET = '/api/v1/namespaces/a/pods/p/portforward';
export const noBytes = new Uint8Array(0);

/** One end of a SPDY connection, over whatever carries its bytes. */
class SpdyEnd {
  readonly session: SpdySession;
  readonly events: SpdyEvent[] = [];
  readonly #send: (bytes: Uint8Array) => void;
  readonly #seen = new Set<() => void>();

  constructor(role: 'client' | 'server', send: (bytes: Uint8Array) => void) {
    this.session = new SpdySession({ role, inflate });
    this.#send = send;
  }

  take(bytes: Uint8Array): void {
    for (const event of this.session.push(bytes)) {
      // A view of bytes that are not kept.
      this.events.push(event.type === 'data' ? { ...event, data: Buffer.from(event.data) } : event);
      for (const look of this.#seen) look();
    }
  }

  send(bytes: Uint8Array | undefined): void {
    if (bytes) this.#send(bytes);
  }

  /** The first event that fits, of those that came and those to come. */
  async find<T extends SpdyEvent>(fits: (event: SpdyEvent) => event is T): Promise<T>;
  async find(fits: (event: SpdyEvent) => boolean): Promise<SpdyEvent>;
  async find(fits: (event: SpdyEvent) => boolean): Promise<SpdyEvent> {
    for (;;) {
      const found = this.events.find(fits);
      if (found) return found;
      await new Promise<void>((resolve) => {
        const look = () => {
          this.#seen.delete(look);
          resolve();
        };
        this.#seen.add(look);
      });
    }
  }

  /** All that was written on a stream, once it has ended. */
  async textOf(stream: number): Promise<string> {
    await this.find((event) => event.type === 'data' && event.stream === stream && event.fin);
    const data = this.events.flatMap((event) => (event.type === 'data' && event.stream === stream ? [event.data] : []));
    return Buffer.concat(data).toString();
  }
}

/** A kubelet of which each connection is answered by `serve`, once both of its streams are there. */
function serveUpstream(
  connection: Duplex,
  serve: (end: SpdyEnd, port: number, streams: Streams) => void,
  repliesLate = false,
): SpdyEnd {
  const frames = new WebSocketDecoder({ peer: 'client' });
  const end = new SpdyEnd('server', (bytes) => connection.write(encodeFrame(opcodes.binary, [bytes])));
  const halves = new Map<string, Partial<Streams>>();
  let known = 0;
  const opened = ({ stream, headers }: Extract<SpdyEvent, { type: 'opened' }>) => {
    const header = (name: string) => headers.find((one) => one.name === name)?.values[0] ?? '';
    const reply = end.session.accept(stream);
    if (!repliesLate) end.send(reply);
    const half = { ...halves.get(header('requestid')), [header('streamtype')]: stream };
    halves.set(header('requestid'), half);
    if (half.data !== undefined && half.error !== undefined) serve(end, Number(header('port')), half as Streams);
    if (repliesLate) end.send(reply);
  };
  connection.on('data', (chunk: Buffer) => {
    for (const event of frames.push(chunk)) if (event.type === 'data') end.take(event.data);
    for (const event of end.events.slice(known)) if (event.type === 'opened') opened(event);
    known = end.events.length;
  });
  return end;
}

interface Streams {
  readonly data: number;
  readonly error: number;
}

/** Answers all that comes on a connection with itself, and ends when its caller does. */
function echo(end: SpdyEnd, _port: number, { data, error }: Streams): void {
  void end.textOf(data).then((text) => {
    end.send(end.session.write(data, Buffer.from(text), true));
    end.send(end.session.write(error, noBytes, true));
  });
}

export interface Running {
  readonly caller: Duplex;
  readonly client: SpdyEnd;
  readonly upstream: SpdyEnd;
  readonly upstreamConnection: Duplex;
  readonly records: LogRecord[];
  readonly recorded: readonly StreamFrame[];
  readonly parts: Set<LivePart>;
  /** Of the allowance of its agent. */
  readonly spent: readonly number[];
  readonly abort: AbortController;
  readonly over: Promise<void>;
  /** Changes what is decided from now on. */
  decideBy(rules: string): void;
}

const open =
  '@id("open") @reveal permit (principal, action == Action::"portforward", resource) when { context.port != 22 };';

const spdy: StreamProtocol = { name: 'portforward.k8s.io', framing: 'spdy' };
export const channels: StreamProtocol = { name: 'v4.channel.k8s.io', framing: 'port-channels' };

function logInto(records: LogRecord[], failsAt: LogRecord['type'] | undefined): Log {
  return {
    onState: () => () => {},
    append: async (added: readonly LogRecord[]) => {
      if (added.some(({ type }) => type === failsAt)) throw new LogError('ERR_LOG_FAILED', 'the disk is gone');
      return { index: records.push(...added) };
    },
  } as unknown as Log;
}

function recordingInto(recorded: StreamFrame[], failsAt: StreamFrame['channel'] | undefined): OpenRecording {
  return {
    room: new WaitingRoom(),
    write: async (frame: StreamFrame) => {
      if (frame.channel === failsAt) throw new RecordingsError('ERR_RECORDINGS_FAILED', 'the disk is gone');
      recorded.push(frame);
    },
    close: async (ending: object) => void recorded.push({ channel: 'end', ...ending } as StreamFrame),
  } as unknown as OpenRecording;
}

const now = () => new Date();
/** There are none. */
const grants = new ActiveGrants(now, () => true);

/** One port-forward between two ends of the test's own, which is recorded in memory. */
export function run(
  given: {
    readonly protocol?: StreamProtocol;
    readonly query?: string;
    readonly serve?: Parameters<typeof serveUpstream>[1];
    readonly failsAt?: LogRecord['type'];
    readonly failsToRecord?: StreamFrame['channel'];
    readonly rules?: string;
    /** Upstream begins to work on a connection before it replies to its streams. */
    readonly repliesLate?: boolean;
    /** Waits until its agent has bytes left; else it always has. */
    readonly hasBytes?: Masked['allowance']['hasBytes'];
  } = {},
): Running {
  const { protocol = spdy, query = '', serve = echo, failsAt } = given;
  const [caller, callersEnd] = duplexPair();
  const [upstream, upstreamsEnd] = duplexPair();
  for (const each of [caller, callersEnd, upstream, upstreamsEnd]) each.on('error', () => {});
  callersEnd.once('close', () => caller.destroy());
  caller.once('end', () => caller.destroy());
  upstreamsEnd.once('close', () => upstream.destroy());
  const abort = new AbortController();
  const records: LogRecord[] = [];
  const [parts, spent] = [new Set<LivePart>(), [] as number[]];
  const log = logInto(records, failsAt);
  let set = labSet(given.rules ?? open);
  const policies = {
    forCluster: (): Partial<ClusterPolicies> => ({ decide: (input) => decide(set, input), describe: () => 'no' }),
  } as unknown as PolicyStore;
  const input = { ...inputOf(`GET ${TARGET}${query}`), live: null };
  const decision: Decision = decide(set, input);
  const recorded: StreamFrame[] = [];
  const recording = recordingInto(recorded, given.failsToRecord);
  const exchange = {
    id: '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11',
    cluster: 'lab',
    abort,
    receivedAt: new Date(),
    incoming: {
      reply: { cut: () => callersEnd.destroy() },
      switchTo: () => callersEnd,
      gone: new AbortController().signal,
    },
    headers: {},
    lane: 'portforward',
    principal: agent,
    token: { expiresAt: 0 },
    upstreamGroups: [],
    allowance: { spend: (bytes: number) => spent.push(bytes), hasBytes: given.hasBytes ?? (async () => {}) },
    life: { parts, begun() {} },
    made: { id: 'c5b6a1f2-8f0e-4a55-9f04-6d1a5a1c2e11', decision, input },
    request: parseRequest('GET', `${TARGET}${query}`),
    upgrade: { offer: { transport: 'spdy', protocols: [protocol.name] }, protocol },
    response: { status: 101, headers: [], body: upstream },
    upstream,
    upstreamTransport: 'websocket',
    recorded: { stream: '0b6f3c52-8f0e-4a55-9f04-6d1a5a1c2e11', ways: ['up', 'down'], recording },
  } as unknown as Masked;
  assert.ok(isSession(exchange));
  const client = new SpdyEnd('client', (bytes) => caller.write(bytes));
  if (protocol === spdy) caller.on('data', (chunk: Buffer) => client.take(chunk));
  const served = serveUpstream(upstreamsEnd, serve, given.repliesLate);
  const over = runPortForward(exchange, { log, policies, grants, now, faultOf });
  const decideBy = (rules: string) => {
    set = labSet(rules);
  };
  return {
    caller,
    client,
    upstream: served,
    upstreamConnection: upstreamsEnd,
    records,
    recorded,
    parts,
    spent,
    abort,
    over,
    decideBy,
  };
}

/** Opens a connection as clients do: the error stream, then the other one. */
export async function connect({ client }: Running, port: number, requestId: string): Promise<Streams> {
  const streams: Record<string, number> = {};
  for (const type of ['error', 'data'] as const) {
    const { stream, bytes } = client.session.open(portStreamHeaders({ type, port, requestId }));
    client.send(bytes);
    await client.find((event) => event.type === 'accepted' && event.stream === stream);
    if (type === 'error') client.send(client.session.write(stream, noBytes, true));
    streams[type] = stream;
  }
  return streams as unknown as Streams;
}

export async function leave({ client, over }: Running): Promise<void> {
  client.send(client.session.goaway(0));
  await over;
}
