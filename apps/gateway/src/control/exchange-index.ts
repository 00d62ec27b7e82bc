// SPDX-License-Identifier: Apache-2.0
import type { Leaf, LogRecord } from '@countersign/evidence';

const MAX_EXCHANGES = 10_000;
/** Of the end of a log: what tells of an exchange are two records, as a rule. */
const MAX_TAKEN_UP = 2 * MAX_EXCHANGES;
const MAX_TEXT = 512;
/** A summary up to this length is kept as it is. */
const MAX_SUMMARY = 2_048;

/**
 * `open`: its answer is under way, or what became of it is not on record yet; `done in part`: of several objects some are
 * done.
 */
export type ExchangeState = 'done' | 'done in part' | 'not done' | 'unknown' | 'open';

/** What the log says of an exchange, in short. */
export interface ExchangeSummary {
  readonly id: string;
  readonly cluster?: string | undefined;
  readonly principal?: string | undefined;
  readonly session?: string | undefined;
  readonly request?: unknown;
  readonly decision?: { readonly effect: string; readonly rules: readonly string[] } | undefined;
  readonly fault?: string | undefined;
  readonly status?: number | undefined;
  readonly state: ExchangeState;
  /** When its first record came, as RFC 3339; the record itself has the log's own time. */
  readonly at: string;
  /** Index in the log of its first record. */
  readonly index: number;
}

const TYPES = ['intent', 'outcome', 'answer', 'answer.start', 'answer.end', 'refusal'] as const;

/** As it is handed in, or as it stands in the log. */
type ExchangeRecord = Extract<LogRecord | Leaf, { readonly type: (typeof TYPES)[number] }>;

function stateAfter(record: ExchangeRecord): ExchangeState {
  switch (record.type) {
    case 'outcome':
      return record.result === 'failed' || record.result === 'not sent' ? 'not done' : record.result;
    case 'answer':
    case 'answer.end':
      return 'done';
    case 'refusal':
      return 'not done';
    case 'intent':
    case 'answer.start':
      return 'open';
  }
}

function isOfExchange(record: LogRecord | Leaf): record is ExchangeRecord {
  return TYPES.some((type) => type === record.type);
}

function decisionIn(record: ExchangeRecord): ExchangeSummary['decision'] {
  if (!('decision' in record) || !record.decision) return undefined;
  const { effect, rules } = record.decision;
  return { effect, rules: rules.map(({ set, id }) => `${set}/${id}`) };
}

/** What is known of an exchange with one more record of it, which came then and there. */
function summaryAfter(
  record: ExchangeRecord,
  old: ExchangeSummary | undefined,
  { at, index }: Pick<ExchangeSummary, 'at' | 'index'>,
): ExchangeSummary {
  const longAnswer = record.type === 'answer.start' || record.type === 'answer.end';
  return {
    id: record.exchange,
    cluster: record.cluster ?? old?.cluster,
    principal: record.principal?.id ?? old?.principal,
    session: record.session ?? old?.session,
    request: old?.request ?? record.request,
    decision: decisionIn(record) ?? old?.decision,
    fault: 'fault' in record ? record.fault : old?.fault,
    status: ('status' in record ? record.status : undefined) ?? old?.status,
    // The outcome of a write stands, however long its answer takes.
    state: old && longAnswer && old.state !== 'open' ? old.state : stateAfter(record),
    // When and where its first record came, which stays.
    ...(old ? { at: old.at, index: old.index } : { at, index }),
  };
}

/** A summary as one text. A caller chooses how long its words are: those that make it long are cut. */
function textOf(summary: ExchangeSummary): string {
  const text = JSON.stringify(summary);
  if (text.length <= MAX_SUMMARY) return text;
  return JSON.stringify(summary, (_name, value) =>
    typeof value === 'string' && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT - 1)}…` : value,
  );
}

/** A part of a text keeps all of it in memory; this is none. */
function copied(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text).toString();
}

/** What the index itself knows of an exchange. */
export type Indexed = Omit<Kept, 'text'>;

/** An exchange as it is kept: as one text, of which the garbage collector has less to do than of all that it says. */
interface Kept {
  readonly cluster: string | undefined;
  readonly principal: string | undefined;
  readonly session: string | undefined;
  /** Whether it is an agent's: people may be named like one. */
  readonly isOfAgent: boolean;
  readonly text: string;
}

/** A leaf of the log, with its index. */
interface LogEntry {
  readonly index: number;
  readonly text: string;
}

/** Texts in a leaf have their quotes escaped: nothing that a caller names looks like this. */
const OF_EXCHANGE = /"type":"(?:intent|outcome|answer|answer\.start|answer\.end|refusal)"/;
const OF_WRITE = /"type":"(?:intent|outcome)"/;

/** The last ones of many. */
class Last<T> {
  readonly #limit: number;
  #kept: T[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(one: T): void {
    this.#kept.push(one);
    if (this.#kept.length >= 2 * this.#limit) this.#kept = this.all;
  }

  get all(): T[] {
    return this.#kept.slice(-this.#limit);
  }
}

function keepLast(map: Map<string, Kept>, id: string, kept: Kept): void {
  map.set(id, kept);
  if (map.size > MAX_EXCHANGES) map.delete(map.keys().next().value as string);
}

/**
 * The latest exchanges, as their records come: a view, not evidence. Holds the last 10,000, and of those that had an intent
 * the last 10,000 too.
 */
export class ExchangeIndex {
  readonly #byId = new Map<string, Kept>();
  /** Those with an intent: what became of them is asked for, however many others read meanwhile. */
  readonly #intended = new Map<string, Kept>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  add(records: readonly LogRecord[], firstIndex: number): void {
    for (const [offset, record] of records.entries()) {
      if (isOfExchange(record)) this.#fold(record, firstIndex + offset, this.#now().toISOString());
    }
  }

  /**
   * Takes up what the end of the log tells, before anything is added. People stand in a log under pseudonyms, and do here
   * then.
   */
  async takeUp(entries: AsyncIterable<LogEntry>): Promise<void> {
    const [latest, ofWrites] = [new Last<LogEntry>(MAX_TAKEN_UP), new Last<LogEntry>(MAX_TAKEN_UP)];
    for await (const entry of entries) {
      if (OF_EXCHANGE.test(entry.text)) latest.add(entry);
      if (OF_WRITE.test(entry.text)) ofWrites.add(entry);
    }
    const all = latest.all;
    const first = all[0]?.index ?? 0;
    for (const { index, text } of [...ofWrites.all.filter((entry) => entry.index < first), ...all]) {
      const leaf = JSON.parse(text) as Leaf;
      if (isOfExchange(leaf)) this.#fold(leaf, index, leaf.ts);
    }
  }

  get(id: string): ExchangeSummary | undefined {
    const kept = this.#kept(id);
    return kept && JSON.parse(kept.text);
  }

  /** What the index itself knows of one. */
  indexed(id: string): Indexed | undefined {
    return this.#kept(id);
  }

  /** A page of those that match, latest first, from the one on that follows `after`; undefined where that is none of them. */
  latest(
    { limit, after }: { readonly limit: number; readonly after?: string | undefined },
    matches: (exchange: Indexed) => boolean,
  ): { readonly items: readonly ExchangeSummary[]; readonly isLast: boolean } | undefined {
    const found = [...this.#byId].reverse().filter(([, kept]) => matches(kept));
    const begin = after === undefined ? 0 : found.findIndex(([id]) => id === after) + 1;
    if (after !== undefined && begin === 0) return undefined;
    const page = found.slice(begin, begin + limit);
    return { items: page.map(([, { text }]) => JSON.parse(text)), isLast: begin + limit >= found.length };
  }

  #kept(id: string): Kept | undefined {
    return this.#byId.get(id) ?? this.#intended.get(id);
  }

  #fold(record: ExchangeRecord, index: number, at: string): void {
    const id = record.exchange;
    const kept = this.#kept(id);
    const isOfAgent = record.principal ? record.principal.kind === 'agent' : (kept?.isOfAgent ?? false);
    const summary = summaryAfter(record, kept && JSON.parse(kept.text), { at, index });
    const { cluster, principal, session } = summary;
    const now = {
      cluster: copied(cluster),
      principal: copied(principal),
      session: copied(session),
      isOfAgent,
      text: textOf(summary),
    };
    keepLast(this.#byId, id, now);
    if (record.type === 'intent' || this.#intended.has(id)) keepLast(this.#intended, id, now);
  }
}
