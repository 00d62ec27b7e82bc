// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import { queryBoolean } from '@countersign/kube';
import type { Masker } from '@countersign/mask';
import type { Masked } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Log } from '../log/log.ts';
import {
  answerEndRecord,
  answerRecord,
  answerStartRecord,
  outcomeRecord,
  type Released,
} from '../records/answer-records.ts';
import type { HeaderLines } from '../tunnel/clusters.ts';
import type { TurnBudget } from '../turn-budget.ts';
import { eachChunk } from './each-chunk.ts';
import { lastEvent } from './last-event.ts';
import { objectEffect } from './object-effect.ts';
import type { Turns } from './turns.ts';

/** An answer up to this size has one record and is held until that is durable. */
const BUFFER_BYTES = 64 * 1024;

const NEWLINE = 0x0a;

/** How long an answer of one record may still be read once its exchange was ended. */
const UNREAD_MS = 500;

/** Answers that have no body and say nothing of its length (RFC 9110 §8.6). */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/** What goes back of the API server's headers. */
const PASSED = new Set([
  'cache-control',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'retry-after',
  'vary',
  // Masked, or taken out, by the stage before.
  'warning',
  'x-kubernetes-pf-flowschema-uid',
  'x-kubernetes-pf-prioritylevel-uid',
]);

export interface ReleaseParts {
  readonly log: Log;
  readonly now: () => Date;
  readonly faultOf: (error: unknown) => Fault;
  /** Shared by all answers. */
  readonly turns: Pick<Turns, 'next'>;
  /** Shared by all exchanges: of what can go on at once, some waits. */
  readonly budget: Pick<TurnBudget, 'next'>;
  /** How long a caller may leave what was written unread; of a watch or a log, which a person may read slowly, a large object. */
  readonly answerTimeoutMs: number;
}

/** Watches and followed logs have no end to wait for: their start is on record before they say anything. */
function isEndless({ lane, request }: Masked): boolean {
  return lane === 'watch' || (lane === 'logs' && queryBoolean(request.query, 'follow'));
}

/** Most answers come in one piece, which needs no copy. */
function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first, ...more] = pieces;
  return first !== undefined && more.length === 0 ? first : Buffer.concat(pieces, bytes);
}

/** Releases one answer: nothing before its record is durable, no clean end before its end is. */
class Release {
  readonly #exchange: Masked;
  readonly #parts: ReleaseParts;
  #held: Uint8Array[] = [];
  #bytes = 0;
  /** Of the agent's share of memory, for a large object that is masked. */
  #countedBytes = 0;
  /** Since others had their turn. */
  #workedMs = 0;
  #lastByte = NEWLINE;
  /** `holding`: nothing is on record; `begun`: the start is; `recorded`: all that there is to record. */
  #state: 'holding' | 'begun' | 'recorded' = 'holding';
  #unwatchLog = () => {};
  #unwatchEnd = () => {};
  #broken = false;

  constructor(exchange: Masked, parts: ReleaseParts) {
    this.#exchange = exchange;
    this.#parts = parts;
  }

  async run(): Promise<void> {
    const { response, masker, abort } = this.#exchange;
    await this.#parts.budget.next();
    if (isEndless(this.#exchange)) await this.#start();
    const take = (chunk: Uint8Array) => (masker ? this.#mask(masker, chunk) : this.#take(chunk));
    await eachChunk(response.body, take, () => this.#othersTurn());
    abort.signal.throwIfAborted();
    if (masker) await this.#take(masker.end());
    await (this.#state === 'begun' ? this.#finishLong() : this.#finishShort());
  }

  /** Breaks off what was begun; false when nothing was, so that the fault itself can be the answer. */
  async cut(fault: Fault): Promise<boolean> {
    if (this.#state === 'holding') return false;
    this.#breakOff();
    if (this.#state === 'begun')
      await this.#parts.log.append([answerEndRecord(this.#exchange, this.#released(), fault)]);
    return true;
  }

  close(): void {
    this.#unwatchLog();
    this.#unwatchEnd();
  }

  /** Until the answer is over: the signal lives on for a while. */
  #onEnded(then: () => void): void {
    const { signal } = this.#exchange.abort;
    signal.addEventListener('abort', then, { once: true });
    this.#unwatchEnd = () => signal.removeEventListener('abort', then);
  }

  /** However long it takes to mask one piece, in which a large object may be complete: others have their turns. */
  async #mask(masker: Masker, chunk: Uint8Array): Promise<void> {
    const { signal } = this.#exchange.abort;
    let isFirst = true;
    let begunMs = performance.now();
    for (const bytes of masker.writeInTurns(chunk)) {
      this.#workedMs += performance.now() - begunMs;
      // What goes on in one piece is held until it is read.
      this.#count(masker.heldBytes() + (bytes.length > BUFFER_BYTES ? bytes.length : 0));
      if (!isFirst) await this.#othersTurn();
      signal.throwIfAborted();
      isFirst = false;
      await this.#take(bytes);
      begunMs = performance.now();
    }
    this.#count(masker.heldBytes());
  }

  /** What one agent makes the gateway hold is bounded for all its answers together, read or not; a write has had its answer. */
  #count(bytes: number): void {
    const { hold, intended } = this.#exchange;
    const more = bytes - this.#countedBytes;
    if (more === 0 || intended) return;
    if (more < 0) hold.giveBack(-more);
    else {
      const fault = hold.take(more);
      if (fault) throw fault.code === 'ERR_LIMIT_BODIES' ? new Fault('ERR_LIMIT_OBJECTS') : fault;
    }
    this.#countedBytes = bytes;
  }

  /** Whoever has so much to do is none of those for whom long answers rest: a large object would rest for itself. */
  #othersTurn(): Promise<void> {
    this.#exchange.life.begun();
    const workedMs = this.#workedMs;
    this.#workedMs = 0;
    return this.#parts.turns.next(workedMs);
  }

  async #take(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#bytes += bytes.length;
    const { allowance, incoming, abort } = this.#exchange;
    allowance.spend(bytes.length);
    if (this.#state === 'begun') {
      // What ends some day goes on; what would go on for ever waits for its agent's next bytes.
      if (isEndless(this.#exchange)) await allowance.hasBytes(abort.signal);
      abort.signal.throwIfAborted();
      this.#lastByte = bytes.at(-1) as number;
      return this.#untilRead(incoming.reply.write(bytes));
    }
    this.#held.push(bytes);
    if (this.#bytes > BUFFER_BYTES) await this.#start();
  }

  async #start(): Promise<void> {
    const { incoming, intended, abort } = this.#exchange;
    const { log } = this.#parts;
    const now = this.#parts.now();
    const start = answerStartRecord(this.#exchange, now);
    const records: LogRecord[] = intended ? [outcomeRecord(this.#exchange, undefined, undefined, now), start] : [start];
    await log.append(records);
    this.#state = 'begun';
    this.#exchange.life.begun();
    // What flows on while nothing can be recorded would have no end on record.
    this.#unwatchLog = log.onState(({ state }) => {
      if (state === 'failed') abort.abort(new Fault('ERR_LOG_FAILED'));
    });
    this.#begin(this.#headers());
    if (this.#held.length === 0) incoming.reply.flush();
    this.#lastByte = this.#held.at(-1)?.at(-1) ?? NEWLINE;
    for (const bytes of this.#held.splice(0)) await this.#untilRead(incoming.reply.write(bytes));
  }

  /** A caller that does not read can't keep open what was ended. */
  #begin(headers: HeaderLines): void {
    const { incoming, response, abort } = this.#exchange;
    abort.signal.throwIfAborted();
    this.#onEnded(() => this.#breakOff());
    incoming.reply.begin(response.status, headers);
  }

  #breakOff(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#exchange.incoming.reply.cut(this.#lastWords());
  }

  /** What a caller is told of why its watch is ended, where an event can stand. */
  #lastWords(): Uint8Array | undefined {
    const { reason } = this.#exchange.abort.signal;
    if (this.#exchange.lane !== 'watch' || this.#lastByte !== NEWLINE || !(reason instanceof Fault)) return undefined;
    const last = lastEvent(this.#exchange, reason);
    this.#bytes += last?.length ?? 0;
    return last;
  }

  /**
   * A caller that leaves its answer unread keeps a place of its agent, and of the tunnel: not for ever. A watch or a log may be
   * left, but not within a large object.
   */
  async #untilRead(writing: Promise<void>): Promise<void> {
    const { lane, abort } = this.#exchange;
    const isPaged = lane === 'watch' || lane === 'logs';
    if (isPaged && this.#countedBytes === 0) return writing;
    const timer = setTimeout(() => abort.abort(new Fault('ERR_CALLER_STALLED')), this.#parts.answerTimeoutMs);
    return writing.finally(() => clearTimeout(timer));
  }

  async #finishLong(): Promise<void> {
    await this.#parts.log.append([answerEndRecord(this.#exchange, this.#released())]);
    this.#state = 'recorded';
    await this.#untilRead(this.#exchange.incoming.reply.end());
  }

  async #finishShort(): Promise<void> {
    const { incoming, intended, response, abort } = this.#exchange;
    const body = joined(this.#held, this.#bytes);
    const now = this.#parts.now();
    const record = intended
      ? outcomeRecord(this.#exchange, this.#released(), objectEffect(body), now)
      : answerRecord(this.#exchange, this.#released(), now);
    await this.#parts.log.append([record]);
    this.#state = 'recorded';
    await this.#parts.budget.next();
    const length: HeaderLines = BODILESS.has(response.status) ? [] : [['content-length', String(body.length)]];
    // On record as released whole: what ends its exchange from now on comes after it, unless nobody reads it.
    const cutSoon = () => setTimeout(() => incoming.reply.cut(), UNREAD_MS).unref();
    if (abort.signal.aborted) cutSoon();
    else this.#onEnded(cutSoon);
    incoming.reply.begin(response.status, [...this.#headers(), ...length]);
    await this.#untilRead(incoming.reply.end(body));
  }

  #released(): Released {
    return { bytes: this.#bytes, masked: this.#exchange.masker?.counts() ?? {} };
  }

  #headers(): HeaderLines {
    const { id, response } = this.#exchange;
    const passes = (name: string) => PASSED.has(name) || (name === 'location' && response.status === 301);
    return [
      ['audit-id', id],
      ['x-content-type-options', 'nosniff'],
      ...response.headers.filter(([name]) => passes(name)),
    ];
  }
}

/**
 * Sends an answer back. When it can't go on, an answer that was begun is cut and that is on record; otherwise it rejects
 * with the fault, which then is the answer.
 */
export async function release(exchange: Masked, parts: ReleaseParts): Promise<void> {
  const released = new Release(exchange, parts);
  try {
    await released.run();
  } catch (error) {
    const { signal } = exchange.abort;
    const fault = parts.faultOf(signal.aborted ? signal.reason : error);
    exchange.response.body.destroy();
    if (!(await released.cut(fault))) throw fault;
  } finally {
    released.close();
  }
}
