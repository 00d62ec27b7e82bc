// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duplex, duplexPair } from 'node:stream';
import type { LogRecord } from '@countersign/evidence';
import {
  ChannelDecoder,
  type ChannelEvent,
  parseRequest,
  StreamStatusReader,
  WebSocketDecoder,
} from '@countersign/kube';
import type { StreamMask } from '@countersign/mask';
import { type RecordedFrame, RecordingReader, type StreamFrame } from '@countersign/recording';
import type { Masked } from '../../exchange.ts';
import { Fault } from '../../faults.ts';
import type { DataKey } from '../../log/key-table.ts';
import type { Log } from '../../log/log.ts';
import { LogError } from '../../log/log-error.ts';
import { recordingCrypto } from '../../recordings/node-recording-crypto.ts';
import { recordingPath } from '../../recordings/recording-place.ts';
import { Recordings } from '../../recordings/recordings.ts';
import { faultOf } from '../../respond/fault-of.ts';
import { type RecordParts, record } from '../../stages/record.ts';
import { isSession } from '../session.ts';
import type { SessionParts } from '../session-on-record.ts';
import type { ExecOutput } from './exec-caller.ts';
import { recordedSession } from './recorded-session.ts';
import { runExec } from './run-exec.ts';

export const success = Buffer.from('{"metadata":{},"status":"Success"}');

/** What a caller got, and what is on record of it. */
interface Outcome {
  readonly events: readonly ChannelEvent[];
  readonly records: readonly LogRecord[];
  readonly switched: boolean;
  readonly error: unknown;
  /** What was recorded; none where no recording was begun. */
  readonly recorded: readonly RecordedFrame[];
}

interface Given {
  /** What upstream does once both sides have switched. */
  readonly upstream: (connection: Duplex) => void;
  /** Whether an append of such records fails. */
  readonly failsAt?: LogRecord['type'];
  /** Ends the exchange from outside. */
  readonly endBy?: Fault;
  /** The caller's connection, whose close ends the exchange; else one in memory. */
  readonly ends?: readonly [caller: Duplex, callersEnd: Duplex];
  /** The caller never reads. */
  readonly stalled?: boolean;
  /** What the caller sends. */
  readonly caller?: (connection: Duplex) => void;
  readonly recordsStdin?: boolean;
  /** Waits until its agent has bytes left; else it always has. */
  readonly hasBytes?: Masked['allowance']['hasBytes'];
  readonly outputMask?: (output: ExecOutput) => StreamMask;
  /** Called with each frame before it is recorded. */
  readonly onFrame?: (frame: StreamFrame) => void;
  /** Called with each record before it is durable. */
  readonly onRecord?: (type: LogRecord['type'], abort: AbortController, callersEnd: Duplex) => void;
}

/** The recordings of a gateway, on a disk. */
async function openRecordings(dir: string, log: Log, key: DataKey): Promise<Recordings> {
  return await Recordings.open({
    dir: join(dir, 'recordings'),
    log: {
      append: (records) => log.append(records),
      onState: (listener) => log.onState(listener),
      state: { state: 'open' },
      keyOf: async () => key,
      openRecordings: [],
    },
    clock: () => Date.now() * 1_000,
    monotonic: () => performance.now(),
  });
}

async function recordedIn(
  dir: string,
  records: readonly LogRecord[],
  { key }: DataKey,
): Promise<readonly RecordedFrame[]> {
  const start = records.find((record) => record.type === 'recording.start');
  const wasTakenBack = records.some((record) => record.type === 'recording.end' && record.chunks === 0);
  if (start === undefined || wasTakenBack) return [];
  const file = await readFile(recordingPath(join(dir, 'recordings'), start.stream));
  const source = {
    length: async () => file.length,
    read: async (offset: number, length: number) => file.subarray(offset, offset + length),
  };
  const reader = await RecordingReader.open({ source, crypto: recordingCrypto, keyOf: () => key });
  return await Array.fromAsync(reader.frames());
}

async function read(connection: Duplex): Promise<ChannelEvent[]> {
  const frames = new WebSocketDecoder({ peer: 'server' });
  const channels = new ChannelDecoder({ version: 5, side: 'server' });
  const events: ChannelEvent[] = [];
  connection.on('data', (chunk: Buffer) => {
    for (const event of frames.push(chunk)) if (event.type === 'data') events.push(...channels.push(event));
  });
  // It may break off.
  await new Promise((resolve) => connection.once('close', resolve));
  return events;
}

function watched(recordings: Recordings, onFrame: Given['onFrame']): RecordParts['recordings'] {
  return {
    async open(stream) {
      const recording = await recordings.open(stream);
      const write = recording.write.bind(recording);
      recording.write = async (frame) => {
        onFrame?.(frame);
        await write(frame);
      };
      return recording;
    },
  };
}

/** Records and carries as the pipeline and `serve` do; gives what ended it before it was switched. */
async function carry(exchange: Masked, recorder: ReturnType<typeof record>, parts: SessionParts): Promise<unknown> {
  const recorded = await recorder(exchange);
  if (recorded instanceof Fault) return recorded;
  const session = { ...exchange, ...recorded };
  assert.ok(isSession(session));
  try {
    return await runExec(session, parts);
  } catch (error) {
    return error;
  } finally {
    await session.recorded.recording.discard('not-switched').catch(() => undefined);
  }
}

/** Carries one exec over WebSocket between two ends that are given, with recordings on a disk. */
export async function run({ upstream: act, failsAt, endBy, stalled, onFrame, ...given }: Given): Promise<Outcome> {
  const [caller, callersEnd] = given.ends ?? duplexPair();
  const [upstream, upstreamsEnd] = duplexPair();
  for (const each of [caller, callersEnd, upstream, upstreamsEnd]) each.on('error', () => {});
  callersEnd.once('close', () => caller.destroy());
  caller.once('end', () => caller.destroy());
  const abort = new AbortController();
  if (given.ends) callersEnd.once('close', () => abort.abort(new Fault('ERR_CALLER_GONE')));
  const records: LogRecord[] = [];
  let switched = false;
  const log = {
    onState: () => () => {},
    append: async (added: readonly LogRecord[]) => {
      if (added.some(({ type }) => type === failsAt)) throw new LogError('ERR_LOG_FAILED', 'the disk is gone');
      for (const { type } of added) given.onRecord?.(type, abort, callersEnd);
      return { index: records.push(...added) };
    },
  } as unknown as Log;
  await using dir = await mkdtempDisposable(join(tmpdir(), 'countersign-exec-'));
  const key = { id: randomUUID(), key: randomBytes(32) };
  const recordings = await openRecordings(dir.path, log, key);
  const exchange = {
    id: '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11',
    session: randomUUID(),
    cluster: 'lab',
    abort,
    receivedAt: new Date(),
    incoming: {
      reply: { cut: () => callersEnd.destroy() },
      switchTo: () => {
        switched = true;
        return callersEnd;
      },
    },
    ...{
      headers: {},
      lane: 'exec',
      life: { begun() {} },
      made: { decision: { effect: 'allow', reveal: given.outputMask === undefined } },
    },
    principal: { id: 'a', act: [] },
    token: { expiresAt: 0 },
    upstreamGroups: [],
    allowance: { spend() {}, hasBytes: given.hasBytes ?? (async () => {}) },
    request: parseRequest('GET', '/api/v1/namespaces/a/pods/p/exec?command=id&stdin=true&stdout=true'),
    upgrade: {
      offer: { transport: 'websocket', key: 'dGhlIHNhbXBsZSBub25jZQ==', protocols: ['v5.channel.k8s.io'] },
      protocol: { name: 'v5.channel.k8s.io', framing: 'channels-v5' },
    },
    response: { status: 101, headers: [], body: upstream },
    upstream,
    upstreamTransport: 'websocket',
    outputMask: given.outputMask,
  } as unknown as Masked;
  const got = stalled ? once(callersEnd, 'close').then((): ChannelEvent[] => []) : read(caller);
  act(upstreamsEnd);
  given.caller?.(caller);
  if (endBy) abort.abort(endBy);
  const recordsStdin = () => given.recordsStdin ?? true;
  const recorder = record({ recordings: watched(recordings, onFrame), recordsStdin }, recordedSession);
  const error = await carry(exchange, recorder, { log, now: () => new Date(), faultOf });
  if (!switched) caller.destroy();
  const events = switched ? await got : [];
  await recordings.close();
  return { events, records, switched, error, recorded: await recordedIn(dir.path, records, key) };
}

export function statusOf(events: readonly ChannelEvent[]) {
  const reader = new StreamStatusReader();
  for (const event of events) if (event.type === 'data' && event.channel === 'error') reader.push(event.data);
  return reader.end();
}

export function endOf(records: readonly LogRecord[]) {
  const end = records.at(-1);
  assert.ok(end?.type === 'stream.end', `the last record is ${end?.type}`);
  return [end.end, end.reason, end.exitCode, end.bytesDown];
}
