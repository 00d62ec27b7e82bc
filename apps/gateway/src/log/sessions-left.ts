// SPDX-License-Identifier: Apache-2.0
import type { Leaf } from '@countersign/evidence';
import { recentLeaves } from './recent-leaves.ts';

/** A session that has no end on record. */
export interface LeftSession {
  readonly session: string;
  readonly cluster: string;
}

/** What an exchange's record, or a session's, has of its session. */
const SESSION = /"session":"([^"]+)"/;

/** The sessions that a crash left without an end, by the end of the log, which is open and whole. */
export async function sessionsLeft(logDir: string): Promise<readonly LeftSession[]> {
  const left = new Map<string, LeftSession | undefined>();
  for await (const text of recentLeaves(logDir)) {
    const session = SESSION.exec(text)?.[1];
    if (session === undefined || (left.has(session) && !text.includes('"session.end"'))) continue;
    const leaf = JSON.parse(text) as Leaf;
    // Keys of a session may be destroyed long after its end.
    if (leaf.type === 'data.shredded') continue;
    if (leaf.type === 'session.end') left.set(session, undefined);
    else if ('cluster' in leaf && leaf.cluster !== undefined) left.set(session, { session, cluster: leaf.cluster });
  }
  return [...left.values()].filter((one) => one !== undefined);
}
