// SPDX-License-Identifier: Apache-2.0
import type { Context } from 'hono';
import { Fault } from '../faults.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { LiveExchanges } from '../streams/live-exchanges.ts';
import type { ControlCaller } from './authorize.ts';
import { type Page, paged } from './paged.ts';
import { problemResponse, problems } from './problem.ts';

export interface SessionRouteParts {
  readonly sessions: Sessions;
  readonly live: LiveExchanges;
}

interface Asked {
  readonly caller: ControlCaller;
  readonly requestId: string;
}

/** What goes on until somebody ends it. */
const STREAM_LANES: readonly string[] = ['watch', 'logs', 'exec', 'portforward'];

/** In order of time. */
const placeOf = ({ id, startedMs }: { readonly id: string; readonly startedMs: number }) =>
  `${String(startedMs).padStart(16, '0')}-${id}`;

/** The sessions that are open at this gateway, the oldest first, each with how many streams it has under way. */
export function listSessions(
  context: Context,
  { sessions, live }: SessionRouteParts,
  requestId: string,
): Promise<Response> {
  const streams = new Map<string, number>();
  for (const { facts, decided } of live.entries()) {
    const isStream = decided !== undefined && STREAM_LANES.includes(decided.lane);
    if (isStream) streams.set(facts.session, (streams.get(facts.session) ?? 0) + 1);
  }
  const all = sessions.list().map((session) => ({ id: placeOf(session), session }));
  const ordered = all.sort((one, other) => (one.id < other.id ? -1 : 1));
  const read = ({ after, limit }: Page) => ordered.filter(({ id }) => id > after).slice(0, limit);
  return paged(context, requestId, read, ({ session: { id, cluster, principal, startedMs, lastSeenMs } }) => ({
    id,
    cluster,
    agent: principal.id,
    owner: principal.owner,
    since: new Date(startedMs).toISOString(),
    lastAt: new Date(lastSeenMs).toISOString(),
    streams: streams.get(id) ?? 0,
  }));
}

/**
 * Ends a session with what it has under way, which ends before that is on record. The agent's next request begins a new
 * session: who is to be kept out is locked.
 */
export async function endSession(
  context: Context,
  { sessions, live }: SessionRouteParts,
  { caller, requestId }: Asked,
): Promise<Response> {
  if (!caller.roles.includes('operator')) {
    return problemResponse(problems.forbidden('only operators end sessions'), requestId);
  }
  const id = context.req.param('id') ?? '';
  const notOpen = () => problemResponse(problems.notFound('no session with this id is open'), requestId);
  if (!sessions.has(id)) return notOpen();
  const fault = new Fault('ERR_ENDED', 'an operator ended its session');
  const ended = live.end(({ facts, mayBeCut }) => mayBeCut && facts.session === id, fault);
  // It may have ended by itself in the meantime.
  return (await sessions.end(id, caller.token.subject)) ? context.json({ session: id, ended }) : notOpen();
}
