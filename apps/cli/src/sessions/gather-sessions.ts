// SPDX-License-Identifier: Apache-2.0
import type { Leaf } from '@countersign/evidence';

/** What the records of a log say of a session. */
export interface SessionSummary {
  readonly session: string;
  readonly cluster: string;
  readonly agent: string;
  readonly owner: string;
  readonly from: string;
  /** Absent while it is going on. */
  to?: string;
  /** Why it ended; `crash` when its gateway was killed. */
  reason?: string;
  /** Requests that were recorded in it, the refused ones among them. */
  requests: number;
  streams: number;
  recordings: number;
}

/** Records with which a request shows for the first time, where it has one of them only. */
const FIRST: ReadonlySet<Leaf['type']> = new Set(['intent', 'answer', 'refusal']);

/** Reasons of ends that a start gives. */
const AFTER_CRASH: ReadonlySet<string | undefined> = new Set(['recovery', 'recording-damaged']);

/** Follows the records of a log and holds what it says of each session. */
export class SessionSummaries {
  readonly #sessions = new Map<string, SessionSummary>();
  readonly #open = new Set<SessionSummary>();

  take(leaf: Leaf): void {
    if (leaf.type === 'log.opened') this.#endAll(leaf.ts);
    else if (leaf.type === 'session.start') this.#begin(leaf);
    else if ('session' in leaf && leaf.session !== undefined) this.#count(leaf, this.#sessions.get(leaf.session));
  }

  /** In the order of their beginning. */
  all(): readonly SessionSummary[] {
    return [...this.#sessions.values()];
  }

  #begin({ session, cluster, principal, ts }: Extract<Leaf, { type: 'session.start' }>): void {
    const { id: agent, owner } = principal;
    const summary = { session, cluster, agent, owner, from: ts, requests: 0, streams: 0, recordings: 0 };
    this.#sessions.set(session, summary);
    this.#open.add(summary);
  }

  #count(leaf: Leaf, summary: SessionSummary | undefined): void {
    if (summary === undefined) return;
    // A long answer without an intent carries its own decision.
    if (FIRST.has(leaf.type) || (leaf.type === 'answer.start' && leaf.decision)) summary.requests += 1;
    if (leaf.type === 'stream.start') summary.streams += 1;
    if (leaf.type === 'recording.start') summary.recordings += 1;
    // It was taken back, for what never began; of what a crash left it is not known.
    if (leaf.type === 'recording.end' && leaf.chunks === 0 && !AFTER_CRASH.has(leaf.reason)) summary.recordings -= 1;
    if (leaf.type === 'session.end') this.#end(summary, leaf.ts, leaf.reason);
  }

  /** Sessions that no record ends ended with their epoch. */
  #endAll(at: string): void {
    for (const summary of this.#open) this.#end(summary, at, 'crash');
  }

  #end(summary: SessionSummary, at: string, reason: string): void {
    summary.to = at;
    summary.reason = reason;
    this.#open.delete(summary);
  }
}
