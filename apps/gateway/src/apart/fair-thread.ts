// SPDX-License-Identifier: Apache-2.0
import { Worker } from 'node:worker_threads';
import { Fault } from '../faults.ts';
import { FairQueue } from './fair-queue.ts';

/** Whose question it is, what ends the wait for its answer, and what its time is counted against. */
export interface Asker {
  readonly agent: string;
  readonly signal: AbortSignal;
  /** Told how many milliseconds of processor time the answer took. */
  readonly spendMs: (ms: number) => void;
}

/** What a thread sends back of each question. */
export interface ThreadAnswer<Answer> {
  readonly answer: Answer;
  /** Processor time that it took there. */
  readonly ms: number;
}

export interface FairThreadOptions {
  /** What it does, as an error says it: "judging a body". */
  readonly doing: string;
  /** Whoever waits for longer is refused, and the thread is ended. */
  readonly maxMs: number;
  readonly maxHeapMiB: number;
  /** `workerData` of the thread. */
  readonly data?: unknown;
}

interface Job<Question, Answer> {
  readonly question: Question;
  readonly moved: readonly ArrayBuffer[];
  readonly settle: (answer: Answer) => void;
  readonly fail: (reason: unknown) => void;
  readonly asker: Asker;
}

/**
 * A thread that answers questions, one after the other, so that none keeps anybody else waiting; agents take turns. It is
 * there from the first question on; one that breaks it, or takes too long, is refused, and the next gets another thread.
 */
export class FairThread<Question, Answer> {
  readonly #file: URL;
  readonly #options: FairThreadOptions;
  readonly #waiting = new FairQueue<Job<Question, Answer>>();
  #current: Job<Question, Answer> | undefined;
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the job under way was handed over. */
  #begunMs = 0;
  #closed = false;

  /** `file` runs `answerQuestions`. */
  constructor(file: URL, options: FairThreadOptions) {
    this.#file = file;
    this.#options = options;
  }

  /**
   * `moved` is memory of the question that is given away. Rejects with the signal's reason, and with a fault when there is
   * no answer.
   */
  async ask(question: Question, asker: Asker, moved: readonly ArrayBuffer[] = []): Promise<Answer> {
    const { agent, signal } = asker;
    if (this.#closed) throw new Fault('ERR_SHUTTING_DOWN');
    signal.throwIfAborted();
    const { promise, resolve: settle, reject: fail } = Promise.withResolvers<Answer>();
    const job = { question, moved, settle, fail, asker };
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
    this.#begunMs = performance.now();
    try {
      worker.postMessage(job.question, [...job.moved]);
    } catch (cause) {
      // What can't be handed over is nothing that the thread has begun with.
      this.#finish(0, ({ fail }) => fail(new Fault('ERR_INTERNAL', '', { cause })));
      return;
    }
    const { maxMs, doing } = this.#options;
    this.#timer = setTimeout(() => {
      void worker.terminate();
      this.#lose(new TypeError(`${doing} took too long`));
    }, maxMs);
  }

  #start(): Worker {
    const { maxHeapMiB, doing, data } = this.#options;
    const resourceLimits = { maxOldGenerationSizeMb: maxHeapMiB };
    const worker = new Worker(this.#file, { resourceLimits, workerData: data });
    const lose = (cause: unknown) => {
      if (worker === this.#worker) this.#lose(cause);
    };
    worker.on('message', ({ answer, ms }: ThreadAnswer<Answer>) => {
      if (worker === this.#worker) this.#finish(ms, (job) => job.settle(answer));
    });
    worker.once('error', lose);
    worker.once('messageerror', (cause) => {
      void worker.terminate();
      lose(cause);
    });
    worker.once('exit', () => lose(new TypeError(`the thread for ${doing} ended`)));
    return worker;
  }

  /** The job under way is over; the next begins. */
  #finish(ms: number, end: (job: Job<Question, Answer>) => void): void {
    clearTimeout(this.#timer);
    const job = this.#current;
    this.#current = undefined;
    if (job) {
      job.asker.spendMs(ms);
      end(job);
    }
    this.#next();
  }

  /** The thread is of no use any more; the job under way has cost all of its time. */
  #lose(cause: unknown): void {
    this.#worker = undefined;
    this.#finish(performance.now() - this.#begunMs, (job) => job.fail(new Fault('ERR_INTERNAL', '', { cause })));
  }
}
