// SPDX-License-Identifier: Apache-2.0
// The load generator: a process of its own, so that what it costs is not counted with what it measures.
import { createHash } from 'node:crypto';
import { quantile } from '../report/statistics.ts';
import { type Connections, openConnections } from './connections.ts';
import { HeldStreams } from './held-streams.ts';
import type { Held, HoldCall, LoadAnswer, LoadCall, Measured, Protocol, Read, Target } from './load-call.ts';

/** Revisions of objects that were made one after the other differ in length. */
const REVISION_DIGITS = 4;
/** How long what is under way when the time is over may still take. */
const TAIL_MS = 10_000;

type MeasureCall = Extract<LoadCall, { kind: 'measure' }>;
type ReadCall = Extract<LoadCall, { kind: 'read' }>;

const LIMITED = 429;

const held = new HeldStreams();
const open = new Map<string, Connections>();
const keyOf = (protocol: Protocol, { name, origin, paths }: Target) =>
  JSON.stringify([protocol, name, origin, paths[0], paths.length]);

function connectionsTo(protocol: Protocol, target: Target): Connections {
  const key = keyOf(protocol, target);
  const found = open.get(key) ?? openConnections(protocol, target);
  open.set(key, found);
  return found;
}

function forget(protocol: Protocol, target: Target): void {
  open.get(keyOf(protocol, target))?.close();
  open.delete(keyOf(protocol, target));
}

/** Returns the status: 200, or another one where that is an answer too. */
async function askOnce(connections: Connections, connection: number, at: number, call: MeasureCall): Promise<number> {
  const { paths, headers } = call.target;
  const sent = call.sends?.[at % paths.length];
  const { status, body } = await connections.ask(connection, paths[at % paths.length] ?? '', headers, sent);
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) bytes += chunk.length;
  if (call.mayBeLimited && status === LIMITED) return status;
  if (sent && status < 500 && status !== 403 && status !== LIMITED) return status;
  if (status !== 200) throw new TypeError(`status ${status}`);
  if (Math.abs(bytes - call.bodyBytes) > REVISION_DIGITS)
    throw new TypeError(`a body of ${bytes} bytes instead of ${call.bodyBytes}`);
  return status;
}

async function measure(call: MeasureCall): Promise<Measured> {
  const connections = connectionsTo(call.protocol, call.target);
  const times: number[] = [];
  let sent = 0;
  let limited = 0;
  const start = performance.now();
  const end = start + call.ms;
  const lane = async (connection: number): Promise<void> => {
    for (let before = performance.now(); before < end; ) {
      const status = await askOnce(connections, connection, sent++, call);
      if (status === LIMITED) limited += 1;
      const after = performance.now();
      times.push(after - before);
      before = after;
    }
  };
  const lanes = Array.from({ length: call.connections * call.inFlightPerConnection }, (_, index) =>
    lane(index % call.connections),
  );
  await Promise.all(lanes);
  const seconds = (performance.now() - start) / 1_000;
  const [p50Ms, p99Ms] = [quantile(times, 0.5), quantile(times, 0.99)];
  return { kind: 'measured', requests: times.length, limited, seconds, p50Ms, p99Ms };
}

/** Counts a text in chunks, also where a border goes through it. */
function markerCounter(marker: string | undefined): (chunk: Buffer) => number {
  if (marker === undefined) return () => 0;
  const wanted = Buffer.from(marker);
  let kept = Buffer.alloc(0);
  return (chunk) => {
    const bytes = Buffer.concat([kept, chunk]);
    let count = 0;
    for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + wanted.length)) count += 1;
    kept = bytes.subarray(Math.max(0, bytes.length - wanted.length + 1));
    return count;
  };
}

async function read({ target, protocol, marker, sent }: ReadCall): Promise<Read> {
  const start = performance.now();
  const connections = connectionsTo(protocol, target);
  const { status, headers, body } = await connections.ask(0, target.paths[0] ?? '', target.headers, sent);
  const hash = createHash('sha256');
  const count = markerCounter(marker);
  let bytes = 0;
  let markers = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    markers += count(chunk);
    if (marker !== undefined) hash.update(chunk);
  }
  const seconds = (performance.now() - start) / 1_000;
  return { kind: 'read', status, headers, bytes, sha256: hash.digest('hex'), markers, seconds };
}

async function hold(call: HoldCall): Promise<Held> {
  const start = performance.now();
  await held.open(call);
  return { kind: 'held', count: held.count, seconds: (performance.now() - start) / 1_000 };
}

async function letGo(): Promise<Held> {
  const { count } = held;
  held.close();
  return { kind: 'held', count, seconds: 0 };
}

function carryOut(call: LoadCall): Promise<LoadAnswer> {
  switch (call.kind) {
    case 'measure':
      return measure(call);
    case 'read':
      return read(call);
    case 'hold':
      return hold(call);
    case 'let-go':
      return letGo();
  }
}

function limitMsOf(call: LoadCall): number {
  if (call.kind === 'let-go') return TAIL_MS;
  return call.kind === 'measure' ? call.ms + TAIL_MS : call.timeoutMs;
}

/** Connections that something went wrong on are not used again. */
function forgetOf(call: LoadCall): void {
  if (call.kind === 'measure' || call.kind === 'read') forget(call.protocol, call.target);
  else held.close();
}

/** What hangs is cut off, so that it can't hold up the rest of the run. */
async function answer(call: LoadCall): Promise<LoadAnswer> {
  const limitMs = limitMsOf(call);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new TypeError(`no answer within ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([carryOut(call), late]);
  } catch (error) {
    forgetOf(call);
    const whom = call.kind === 'let-go' ? 'held streams' : call.target.name;
    return { kind: 'failed', why: `${whom}: ${(error as Error).message}` };
  } finally {
    clearTimeout(timer);
  }
}

process.on('message', (call: LoadCall) => {
  void answer(call).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
