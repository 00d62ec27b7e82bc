// SPDX-License-Identifier: Apache-2.0
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Fault } from '../faults.ts';
import { FairQueue } from './fair-queue.ts';
import { type BodyQuestion, type BodyVerdict, judgeBody } from './judge-body.ts';
import { moved } from './moved.ts';

/** A body up to this size is judged where it came in, within a millisecond or two: handing it over would take as long. */
const AT_ONCE_BYTES = 32 * 1_024;
/** The questions of reviews are some hundred bytes long. */
const MAX_REVIEW_BYTES = AT_ONCE_BYTES;
/** The most that a body of 3 MiB takes is a second. */
const MAX_MS = 20_000;
const MAX_HEAP_MIB = 512;

/** Whose body it is, and what ends the wait for its verdict. */
export interface Asker {
  readonly agent: string;
  readonly signal: AbortSignal;
}

interface Job {
  readonly question: BodyQuestion;
  readonly settle: (verdict: BodyVerdict) => void;
  readonly fail: (reason: unknown) => void;
}

/**
 * Judges bodies: large ones in a thread of their own, one after the other, so that they keep nobody else waiting; agents
 * take turns. The thread is there from the first large body on; a body that breaks it, or takes too long, is refused, and
 * the next gets another.
 */
export class BodyJudge {
  readonly #maxMs: number;
  readonly #waiting = new FairQueue<Job>();
  #current: Job | undefined;
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(maxMs = MAX_MS) {
    this.#maxMs = maxMs;
  }

  /**
   * The bytes of the question are given away: they may be gone from here. Rejects with the signal's reason, and with a
   * fault when the body could not be judged.
   */
  judge(question: BodyQuestion, asker: Asker): BodyVerdict | Promise<BodyVerdict> {
    const { bytes, isReview } = question;
    if (isReview && bytes.length > MAX_REVIEW_BYTES) {
      return { kind: 'refused', code: 'ERR_BODY_TOO_LARGE', detail: String(MAX_REVIEW_BYTES) };
    }
    return bytes.length <= AT_ONCE_BYTES ? judgeBody(question) : this.#judgeApart(question, asker);
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    const left = [...(this.#current ? [this.#current] : []), ...this.#waiting.clear()];
    this.#closed = true;
    this.#current = undefined;
    this.#worker = undefined;
    clearTimeout(this.#timer);
    for (const { fail } of left) fail(new Fault('ERR_SHUTTING_DOWN'));
    await worker?.terminate();
  }

  async #judgeApart(question: BodyQuestion, { agent, signal }: Asker): Promise<BodyVerdict> {
    if (this.#closed) throw new Fault('ERR_SHUTTING_DOWN');
    signal.throwIfAborted();
    const { promise, resolve: settle, reject: fail } = Promise.withResolvers<BodyVerdict>();
    const job = { question, settle, fail };
    // What the thread has begun with, it ends: the next waits for no more than that.
    const giveUp = () => {
      this.#waiting.remove(agent, job);
      fail(signal.reason);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    this.#waiting.push(agent, job);
    this.#next();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Hands the next job over, if the thread is free. */
  #next(): void {
    if (this.#current) return;
    const job = this.#waiting.shift();
    if (!job) {
      this.#worker?.unref();
      return;
    }
    const worker = this.#worker ?? this.#start();
    this.#current = job;
    this.#worker = worker;
    worker.ref();
    worker.postMessage(job.question, moved(job.question.bytes));
    this.#timer = setTimeout(() => {
      void worker.terminate();
      this.#lose(new TypeError('judging a body took too long'));
    }, this.#maxMs);
  }

  #start(): Worker {
    const worker = new Worker(new URL(`./judge-worker${extname(import.meta.url)}`, import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
    });
    const lose = (cause: unknown) => {
      if (worker === this.#worker) this.#lose(cause);
    };
    worker.on('message', (verdict: BodyVerdict) => {
      if (worker === this.#worker) this.#finish((job) => job.settle(verdict));
    });
    worker.once('error', lose);
    worker.once('messageerror', (cause) => {
      void worker.terminate();
      lose(cause);
    });
    worker.once('exit', () => lose(new TypeError('the thread that judges bodies ended')));
    return worker;
  }

  /** The job under way is over; the next begins. */
  #finish(end: (job: Job) => void): void {
    clearTimeout(this.#timer);
    const job = this.#current;
    this.#current = undefined;
    if (job) end(job);
    this.#next();
  }

  /** The thread is of no use any more. */
  #lose(cause: unknown): void {
    this.#worker = undefined;
    this.#finish((job) => job.fail(new Fault('ERR_INTERNAL', '', { cause })));
  }
}
