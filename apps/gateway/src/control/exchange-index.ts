// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';

const MAX_EXCHANGES = 10_000;
const MAX_TEXT = 512;
/** A summary up to this length is kept as it is. */
const MAX_SUMMARY = 2_048;

/** `open`: its answer is under way, or what became of it is not on record yet. */
export type ExchangeState = 'done' | 'not done' | 'unknown' | 'open';

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

type ExchangeRecord = Extract<LogRecord, { readonly type: (typeof TYPES)[number] }>;

function stateAfter(record: ExchangeRecord): ExchangeState {
  switch (record.type) {
    case 'outcome':
      if (record.result === 'unknown') return 'unknown';
      return record.result === 'done' ? 'done' : 'not done';
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

function isOfExchange(record: LogRecord): record is ExchangeRecord {
  return TYPES.some((type) => type === record.type);
}

function decisionIn(record: ExchangeRecord): ExchangeSummary['decision'] {
  if (!('decision' in record) || !record.decision) return undefined;
  const { effect, rules } = record.decision;
  return { effect, rules: rules.map(({ set, id }) => `${set}/${id}`) };
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

/** The latest exchanges, as their records come: a view, not evidence. Holds the last 10,000. */
export class ExchangeIndex {
  readonly #byId = new Map<string, Kept>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  add(records: readonly LogRecord[], firstIndex: number): void {
    for (const [offset, record] of records.entries()) {
      if (isOfExchange(record)) this.#fold(record, firstIndex + offset);
    }
  }

  get(id: string): ExchangeSummary | undefined {
    const kept = this.#byId.get(id);
    return kept && JSON.parse(kept.text);
  }

  /** As `get`, of the exchanges of one agent alone. */
  ofAgent(agent: string, id: string): ExchangeSummary | undefined {
    const kept = this.#byId.get(id);
    return kept?.isOfAgent && kept.principal === agent ? this.get(id) : undefined;
  }

  /** What the index itself knows of one. */
  indexed(id: string): Indexed | undefined {
    return this.#byId.get(id);
  }

  /** Latest first. */
  latest(limit: number, matches: (exchange: Indexed) => boolean): readonly ExchangeSummary[] {
    const found = [...this.#byId.values()].reverse().filter(matches).slice(0, limit);
    return found.map(({ text }) => JSON.parse(text));
  }

  /** When and where its first record came, which stays. */
  #begunAt(old: ExchangeSummary | undefined, index: number): Pick<ExchangeSummary, 'at' | 'index'> {
    return old ? { at: old.at, index: old.index } : { at: this.#now().toISOString(), index };
  }

  #fold(record: ExchangeRecord, index: number): void {
    const id = record.exchange;
    const old = this.get(id);
    const isOfAgent = record.principal ? record.principal.kind === 'agent' : (this.#byId.get(id)?.isOfAgent ?? false);
    const longAnswer = record.type === 'answer.start' || record.type === 'answer.end';
    const summary: ExchangeSummary = {
      id,
      cluster: record.cluster ?? old?.cluster,
      principal: record.principal?.id ?? old?.principal,
      session: record.session ?? old?.session,
      request: old?.request ?? record.request,
      decision: decisionIn(record) ?? old?.decision,
      fault: 'fault' in record ? record.fault : old?.fault,
      status: ('status' in record ? record.status : undefined) ?? old?.status,
      // The outcome of a write stands, however long its answer takes.
      state: old && longAnswer && old.state !== 'open' ? old.state : stateAfter(record),
      ...this.#begunAt(old, index),
    };
    const { cluster, principal, session } = summary;
    const text = textOf(summary);
    this.#byId.set(id, {
      cluster: copied(cluster),
      principal: copied(principal),
      session: copied(session),
      isOfAgent,
      text,
    });
    if (this.#byId.size > MAX_EXCHANGES) this.#byId.delete(this.#byId.keys().next().value as string);
  }
}
