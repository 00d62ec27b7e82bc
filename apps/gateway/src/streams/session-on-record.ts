// SPDX-License-Identifier: Apache-2.0
import { Fault } from '../faults.ts';
import type { Log } from '../log/log.ts';
import { LogError } from '../log/log-error.ts';
import type { OpenRecording } from '../recordings/open-recording.ts';
import { outcomeRecord } from '../records/answer-records.ts';
import { type StreamEnd, streamEndRecord, streamStartRecord } from '../records/stream-records.ts';
import type { Session } from './session.ts';

/** How long the end of what is cut may take to go on record; a caller waits no longer for a disk that does not answer. */
const RECORD_MS = 500;

export interface SessionParts {
  readonly log: Log;
  readonly now: () => Date;
  readonly faultOf: (error: unknown) => Fault;
}

/** One session in log and recording: its start durable before anything flows, its end before that is signalled. */
export class SessionOnRecord {
  readonly #exchange: Session;
  readonly #parts: SessionParts;

  constructor(exchange: Session, parts: SessionParts) {
    this.#exchange = exchange;
    this.#parts = parts;
  }

  /** Id of the stream. */
  get stream(): string {
    return this.#exchange.recorded.stream;
  }

  get recording(): OpenRecording {
    return this.#exchange.recorded.recording;
  }

  /** Whether what the caller sends is recorded. */
  get recordsUp(): boolean {
    return this.#exchange.recorded.ways.includes('up');
  }

  /** Makes the start durable, then carries the session; the caller's connection is cut once that has come to its end. */
  async carry(run: () => Promise<void>): Promise<void> {
    const { incoming, abort } = this.#exchange;
    await this.#begin();
    this.#exchange.life.begun();
    // What flows on while nothing can be recorded would have no end on record.
    const unwatchLog = this.#parts.log.onState(({ state }) => {
      if (state === 'failed') abort.abort(new Fault('ERR_LOG_FAILED'));
    });
    try {
      await run();
    } finally {
      unwatchLog();
      incoming.reply.cut();
    }
  }

  /** Why it ended: what the exchange was ended for, before whatever that broke off. */
  faultOf(error: unknown): Fault {
    const { signal } = this.#exchange.abort;
    return this.#parts.faultOf(signal.aborted ? signal.reason : error);
  }

  /** What its caller is told of a fault. */
  sentenceOf({ message }: Fault): string {
    return `${message} (request ${this.#exchange.id})`;
  }

  /** @throws LogError: then no end may be told */
  async end(end: StreamEnd): Promise<void> {
    await this.#parts.log.append([streamEndRecord(this.#exchange, this.stream, end)]);
  }

  /**
   * Puts on record that it was cut, with a notice in its recording; what flowed is asked for once nothing more is written.
   * False when that can't be recorded; the log says so itself, and a recovery will end the stream.
   */
  async cut(cutBy: Fault, notice: string, flowed: () => StreamEnd): Promise<boolean> {
    const late = setTimeout(() => this.#exchange.incoming.reply.cut(), RECORD_MS).unref();
    try {
      // Where it can't be written any more, the recording's end says why.
      const noted = this.recording.write({ channel: 'notice', bytes: Buffer.from(notice) }).catch(() => undefined);
      await Promise.all([noted, this.recording.close({ end: 'cut', reason: cutBy.code })]);
      await this.end({ ...flowed(), cutBy });
      return true;
    } catch (error) {
      if (error instanceof LogError) return false;
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  async #begin(): Promise<void> {
    const { log, now } = this.#parts;
    const { upgrade, recorded } = this.#exchange;
    const { stream, ways } = recorded;
    const start = streamStartRecord(this.#exchange, { stream, protocol: upgrade.protocol.name, recorded: ways });
    await log.append([outcomeRecord(this.#exchange, undefined, undefined, now()), start]);
  }
}
