// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { ReceiverConfig } from '../config/schema.ts';
import type { Log } from '../log/log.ts';
import { backoffMs, MAX_AGE_MS, MAX_ATTEMPTS } from './backoff.ts';
import type { Outbox, Outgoing } from './outbox.ts';
import { type Posted, post } from './post.ts';
import { postingOf } from './posting-of.ts';
import { readAddress } from './receiver-files.ts';

/** What became of an attempt, for metrics. */
export type DeliveryResult = 'sent' | 'failed' | 'given-up' | 'dropped';

export interface DeliveriesParts {
  readonly outbox: Outbox;
  readonly log: Log;
  readonly gateway: string;
  /** Origin of the console, where there is one. */
  readonly consoleOrigin: () => string | undefined;
  readonly now: () => Date;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly timeoutMs?: number;
  readonly count: (result: DeliveryResult) => void;
  /** For operators: a receiver does not take what it is sent, and takes it again. */
  readonly warn: (message: string) => void;
}

/** An attempt in vain: why, as a closed word, and when the receiver would like to be asked again. */
interface Failure {
  readonly reason: string;
  readonly retryAfterMs: number;
}

const TIMEOUT_MS = 10_000;
/** Longer than an attempt: whoever has died with it is followed by another. */
const LEASE_MS = 60_000;
/** The receiver says that nothing is there any more. */
const GONE = 'status-410';

function failureOf(posted: Posted): Failure | undefined {
  if ('problem' in posted) return { reason: posted.problem, retryAfterMs: 0 };
  const { status, retryAfterMs } = posted;
  if (status >= 200 && status < 300) return undefined;
  return { reason: status >= 300 && status < 400 ? 'redirected' : `status-${status}`, retryAfterMs };
}

/** Sends what is in the outbox, one receiver at a time, at least once each; what can't be delivered is given up on record. */
export class Deliveries {
  readonly #parts: DeliveriesParts;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #failing = new Set<string>();
  readonly #closing = new AbortController();

  constructor(parts: DeliveriesParts) {
    this.#parts = parts;
  }

  /**
   * Sends what is due for a receiver, until one attempt fails: the others of it are tried the next time. Who comes while it
   * is at that waits with it.
   * @throws StoreError, LogError
   */
  run(receiver: ReceiverConfig): Promise<void> {
    const { name } = receiver;
    const present = this.#underWay.get(name);
    if (present) return present;
    const begun = this.#sendDue(receiver).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, begun);
    return begun;
  }

  /** Gives up what is too old, whoever was to have it: receivers are taken out of configurations. @throws StoreError, LogError */
  async giveUpOld(): Promise<void> {
    for (const outgoing of await this.#parts.outbox.olderThan(MAX_AGE_MS)) {
      const leased = await this.#parts.outbox.lease(outgoing, LEASE_MS);
      if (leased) await this.#giveUp(leased, 'too-old', leased.value.attempts);
    }
  }

  /** Breaks off what is under way: it is tried again by whoever comes next. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#underWay.values());
  }

  async #sendDue(receiver: ReceiverConfig): Promise<void> {
    const { outbox } = this.#parts;
    for (const outgoing of await outbox.due(receiver.name)) {
      if (this.#closing.signal.aborted) return;
      const leased = await outbox.lease(outgoing, LEASE_MS);
      if (leased !== undefined && !(await this.#send(receiver, leased))) return;
    }
  }

  /** Whether it is off the list, delivered or given up. */
  async #send(receiver: ReceiverConfig, outgoing: Outgoing): Promise<boolean> {
    const { outbox, random, count } = this.#parts;
    const { attempts } = outgoing.value;
    const failure = await this.#attempt(receiver, outgoing);
    if (failure !== undefined && this.#closing.signal.aborted) {
      await outbox.postpone(outgoing, 0);
      return false;
    }
    this.#tellOperators(receiver.name, failure);
    if (failure === undefined) {
      count('sent');
      await this.#finish(outgoing, { type: 'notification.sent', ...this.#facts(outgoing, attempts + 1) });
      return true;
    }
    count('failed');
    if (failure.reason === GONE || attempts + 1 >= MAX_ATTEMPTS) {
      await this.#giveUp(outgoing, failure.reason, attempts + 1);
      return true;
    }
    await outbox.postpone(outgoing, backoffMs(attempts, random(), failure.retryAfterMs));
    return false;
  }

  async #attempt(receiver: ReceiverConfig, { value: { notice } }: Outgoing): Promise<Failure | undefined> {
    const { gateway, consoleOrigin, now, timeoutMs = TIMEOUT_MS } = this.#parts;
    const address = await readAddress(receiver);
    if ('problem' in address) return { reason: 'no-address', retryAfterMs: 0 };
    const posting = postingOf(address, notice, { gateway, consoleOrigin: consoleOrigin(), at: now() });
    return failureOf(await post({ ...posting, timeoutMs, signal: this.#closing.signal }));
  }

  async #giveUp(outgoing: Outgoing, reason: string, attempts: number): Promise<void> {
    const { receiver, notice } = outgoing.value;
    this.#parts.count('given-up');
    this.#parts.warn(`the notification ${notice.id} (${notice.type}) for ${receiver} is given up: ${reason}`);
    await this.#finish(outgoing, { type: 'notification.given-up', ...this.#facts(outgoing, attempts), reason });
  }

  #facts({ value: { notice, receiver } }: Outgoing, attempts: number) {
    return { notification: notice.id, kind: notice.type, receiver, attempts };
  }

  /** On record, and off the list even where nothing can be put on record any more: that is when people must be told. */
  async #finish(outgoing: Outgoing, record: LogRecord): Promise<void> {
    try {
      await this.#parts.log.append([record]);
    } finally {
      await this.#parts.outbox.remove(outgoing);
    }
  }

  /** Once when it begins to fail, once when that is over. */
  #tellOperators(receiver: string, failure: Failure | undefined): void {
    const wasFailing = this.#failing.has(receiver);
    if (failure === undefined) this.#failing.delete(receiver);
    else this.#failing.add(receiver);
    if (failure !== undefined && !wasFailing)
      this.#parts.warn(`notifications for ${receiver} can't be delivered, and will be tried again: ${failure.reason}`);
    if (failure === undefined && wasFailing) this.#parts.warn(`notifications for ${receiver} are delivered again`);
  }
}
