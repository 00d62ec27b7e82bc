// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { Principal } from '@countersign/policy';
import type { TokenFacts } from '../identity/authentication.ts';
import { sessionKey } from '../identity/session-key.ts';
import type { Log } from '../log/log.ts';
import type { LeftSession } from '../log/sessions-left.ts';
import { principalOf } from '../records/principal.ts';

const IDLE_MS = 15 * 60_000;
const SWEEP_MS = 30_000;
const MAX_CREDENTIALS = 256;
/** An agent's issuer may mint one per command. */
const MAX_COUNTED = 4_096;
/** So much of a digest tells one from the other as well, and takes less memory. */
const TELLING_DIGITS = 12;

interface Session {
  readonly id: string;
  readonly cluster: string;
  readonly principal: Principal;
  readonly credentials: Set<string>;
  /** Of those that are not listed, the beginnings. */
  readonly unlisted: Set<number>;
  /** Resolves once the start is on record. */
  readonly started: Promise<unknown>;
  readonly startedMs: number;
  lastSeenMs: number;
  exchanges: number;
  /** Exchanges under way. */
  live: number;
}

/** An exchange's place in its session. */
export interface Entered {
  readonly session: string;
  /** Must be called once, when the exchange is over. */
  readonly leave: () => void;
}

/** An open session, as people are shown it. */
export interface OpenSession {
  readonly id: string;
  readonly cluster: string;
  readonly principal: Principal;
  readonly startedMs: number;
  readonly lastSeenMs: number;
}

/** Why sessions end, and who ended them, where somebody did. */
type Ending = { readonly reason: 'idle' | 'shutdown' } | { readonly reason: 'ended'; readonly by: string };

/** Sessions, each with its start and its end on record: after 15 minutes with nothing under way, or when the gateway stops. */
export class Sessions {
  readonly #log: Log;
  readonly #now: () => Date;
  readonly #open = new Map<string, Session>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(log: Log, now: () => Date, onProblem: (error: unknown) => void) {
    this.#log = log;
    this.#now = now;
    this.#sweeper = setInterval(() => void this.#endIdle().catch(onProblem), SWEEP_MS);
    this.#sweeper.unref();
  }

  /** Ends on record, before anything new begins, those that a crash left without an end. */
  async reconcile(left: readonly LeftSession[]): Promise<void> {
    if (left.length === 0) return;
    await this.#log.append(left.map((one) => ({ type: 'session.end' as const, ...one, reason: 'recovery' as const })));
  }

  /** The session an exchange belongs to; a new one is on record before it is answered. */
  async enter(principal: Principal, cluster: string, token: TokenFacts): Promise<Entered> {
    const key = sessionKey(principal, cluster, token);
    const session = this.#open.get(key) ?? this.#start(key, principal, cluster, token);
    session.lastSeenMs = this.#now().getTime();
    session.exchanges += 1;
    noteCredential(session, token.credentialDigest);
    await session.started;
    session.live += 1;
    const leave = () => {
      session.live -= 1;
      session.lastSeenMs = this.#now().getTime();
    };
    return { session: session.id, leave };
  }

  /** Those that are open, the oldest first. */
  list(): readonly OpenSession[] {
    return [...this.#open.values()].map(({ id, cluster, principal, startedMs, lastSeenMs }) => {
      return { id, cluster, principal, startedMs, lastSeenMs };
    });
  }

  /** Whether a session is open. */
  has(id: string): boolean {
    return this.#entryOf(id) !== undefined;
  }

  /** The `sessionKey` of an open one. */
  keyOf(id: string): string | undefined {
    return this.#entryOf(id)?.[0];
  }

  /** Ends one, on record with who did; false when it is not open. What it has under way is for the caller to end, first. */
  async end(id: string, by: string): Promise<boolean> {
    const found = this.#entryOf(id);
    if (found === undefined) return false;
    await this.#end([found], { reason: 'ended', by });
    return true;
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#end([...this.#open], { reason: 'shutdown' });
  }

  #start(key: string, principal: Principal, cluster: string, token: TokenFacts): Session {
    const id = randomUUID();
    const started = this.#log.append([
      { type: 'session.start', session: id, cluster, principal: principalOf(principal, token) },
    ]);
    const session = {
      id,
      cluster,
      principal,
      credentials: new Set<string>(),
      unlisted: new Set<number>(),
      started,
      startedMs: this.#now().getTime(),
      lastSeenMs: 0,
      exchanges: 0,
      live: 0,
    };
    this.#open.set(key, session);
    started.catch(() => this.#open.delete(key));
    return session;
  }

  #entryOf(id: string): readonly [string, Session] | undefined {
    return [...this.#open].find(([, session]) => session.id === id);
  }

  async #endIdle(): Promise<void> {
    const limit = this.#now().getTime() - IDLE_MS;
    await this.#end(
      [...this.#open].filter(([, { lastSeenMs, live }]) => live === 0 && lastSeenMs <= limit),
      { reason: 'idle' },
    );
  }

  async #end(sessions: readonly (readonly [string, Session])[], ending: Ending): Promise<void> {
    for (const [key] of sessions) this.#open.delete(key);
    if (sessions.length === 0) return;
    await this.#log.append(
      sessions.map(([, { id, cluster, principal, exchanges, credentials, unlisted }]) => ({
        type: 'session.end' as const,
        session: id,
        cluster,
        principal: principalOf(principal),
        ...ending,
        exchanges,
        credentials: [...credentials],
        ...(unlisted.size > 0 ? { credentialsUsed: credentials.size + unlisted.size } : {}),
      })),
    );
  }
}

function noteCredential({ credentials, unlisted }: Session, digest: string): void {
  if (credentials.has(digest)) return;
  if (credentials.size < MAX_CREDENTIALS) credentials.add(digest);
  else if (credentials.size + unlisted.size < MAX_COUNTED)
    unlisted.add(Number.parseInt(digest.slice(0, TELLING_DIGITS), 16));
}
