// SPDX-License-Identifier: Apache-2.0
import type { Leaf, LogRecord } from '@countersign/evidence';
import type { Notice, NoticeFacts, NoticeType } from './notice.ts';
import { breakGlassUse, type Sighting, sightingOf } from './sighting.ts';
import { type DenialRate, DenialTally, GATHER_SECONDS, UndecidedTally } from './tallies.ts';
import { useNoticeId } from './use-notice-id.ts';

/** A notice on its way to the outbox. */
export interface Queued {
  readonly notice: Notice;
  /** What was used, where nobody is told unless it is for the first time: of an agent, or of a grant of break-glass. */
  readonly use?: { readonly of: string; readonly what: string };
}

export interface NoticeQueueParts {
  /** Of the log, in letters and digits: what is noticed of a record is named by it and the record's index. */
  readonly logId: string;
  readonly now: () => Date;
}

/** While the store can't be written, so many wait in memory. */
const MAX_QUEUED = 1_000;
/** Uses that are known to have been told, or to be on their way; the store knows the others. */
const MAX_KNOWN_USES = 10_000;

/**
 * What is noticed of the records of this gateway's log, in memory, between an exchange and the outbox: nobody waits for
 * it. Holds a thousand; those that find no room are counted. Until it is switched on, nothing is noticed.
 */
export class NoticeQueue {
  readonly #parts: NoticeQueueParts;
  readonly #denials = new DenialTally();
  readonly #undecided = new UndecidedTally();
  readonly #knownUses = new Set<string>();
  readonly #waiting: Queued[] = [];
  #rate: DenialRate | undefined;
  #first = Number.POSITIVE_INFINITY;
  #seen = -1;
  #dropped = 0;

  constructor(parts: NoticeQueueParts) {
    this.#parts = parts;
  }

  /** Notices from now on, with this rate of denials; with none, nothing. */
  switch(rate: DenialRate | undefined): void {
    this.#rate = rate;
  }

  /** Index of the first record that was looked at; infinite before it. */
  get first(): number {
    return this.#first;
  }

  /** Index of the last record that was looked at; -1 before the first. */
  get seen(): number {
    return this.#seen;
  }

  /** Looks at records that are durable, in order; MUST NOT throw, nor take long. */
  observe(records: readonly (LogRecord | Leaf)[], firstIndex: number): void {
    if (this.#rate === undefined) return;
    for (const [offset, record] of records.entries()) {
      const id = `${this.#parts.logId}-${firstIndex + offset}`;
      this.#take(sightingOf(record), id, this.#rate);
      this.#take(breakGlassUse(record), id, this.#rate);
    }
    this.#first = Math.min(this.#first, firstIndex);
    this.#seen = Math.max(this.#seen, firstIndex + records.length - 1);
  }

  /** What no record tells. */
  tell(type: NoticeType, id: string): void {
    if (this.#rate !== undefined) this.#put({ notice: this.#notice(type, id, {}) });
  }

  /** What waits, oldest first, with what has been gathered by now. */
  waiting(): readonly Queued[] {
    for (const { id, about, count } of this.#undecided.due(this.#parts.now().getTime()))
      this.#put({ notice: this.#notice('undecided', id, { ...about, count, seconds: GATHER_SECONDS }) });
    return [...this.#waiting];
  }

  /** The first of those that wait is in the outbox. */
  took(): void {
    this.#waiting.shift();
  }

  /** How many found no room since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  #take(sighting: Sighting | undefined, id: string, rate: DenialRate): void {
    const queued = sighting && this.#queuedOf(sighting, id, rate);
    if (queued) this.#put(queued);
  }

  #queuedOf(sighting: Sighting, id: string, rate: DenialRate): Queued | undefined {
    const { about } = sighting;
    const nowMs = this.#parts.now().getTime();
    switch (sighting.kind) {
      case 'event':
        return { notice: this.#notice(sighting.type, id, about) };
      case 'denied': {
        const count = this.#denials.count(sighting.agent, rate, nowMs);
        if (count === undefined) return undefined;
        return { notice: this.#notice('denials', id, { ...about, count, seconds: rate.seconds }) };
      }
      case 'undecided': {
        const { count } = sighting;
        const isFirst = this.#undecided.isFirst(id, about, count, nowMs);
        return isFirst ? { notice: this.#notice('undecided', id, { ...about, count }) } : undefined;
      }
      case 'used': {
        const { agent = '', cluster, verb, resource } = about;
        return this.#useOf('first-use', agent, [agent, cluster, verb, resource], about);
      }
      case 'broke glass':
        return this.#useOf('break-glass-used', sighting.grant, ['break-glass', sighting.grant], about);
    }
  }

  /** Nobody can say yet whether it is the first, unless it is known here already. */
  #useOf(type: NoticeType, of: string, words: readonly unknown[], about: NoticeFacts): Queued | undefined {
    const what = JSON.stringify(words);
    // One that finds no room must not be known.
    if (this.#knownUses.has(what) || this.#waiting.length >= MAX_QUEUED) return undefined;
    if (this.#knownUses.size >= MAX_KNOWN_USES) this.#knownUses.clear();
    this.#knownUses.add(what);
    return { notice: this.#notice(type, useNoticeId(what), about), use: { of, what } };
  }

  #notice(type: NoticeType, id: string, about: NoticeFacts): Notice {
    return { id, type, at: this.#parts.now().toISOString(), about };
  }

  #put(queued: Queued): void {
    if (this.#waiting.length < MAX_QUEUED) this.#waiting.push(queued);
    else this.#dropped += 1;
  }
}
