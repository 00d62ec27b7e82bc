// SPDX-License-Identifier: Apache-2.0
import type { ControlCaller } from '../control/authorize.ts';
import { callerPrincipal } from '../control/caller-principal.ts';
import { holderId } from '../identity/holder-id.ts';
import type { Registry } from '../identity/identify.ts';
import type { Log } from '../log/log.ts';
import { everyDocument } from '../store/every-document.ts';
import type { ConsoleSessionDocument, Store, Versioned } from '../store/store.ts';
import { newSecret, readSecret, type SessionSecrets, sealToken, sessionId, unsealToken } from './sealed-token.ts';

/** Of one person at once: browsers, and profiles of them. */
const MAX_OF_PERSON = 8;
const SWEEP_MS = 60_000;

export interface ConsoleSessionsParts {
  readonly store: Pick<Store, 'consoleSessions' | 'consoleLogins'>;
  readonly log: Log;
  readonly registry: Registry;
  readonly now: () => Date;
  readonly onProblem: (error: unknown) => void;
}

/** What a browser brings of a session: one part in a cookie, which goes to every port of the host, the other from its page. */
export interface Held {
  readonly cookie: string | undefined;
  readonly page: string | undefined;
}

/** A session as its browser holds it. */
export interface Begun {
  readonly cookie: string;
  readonly page: string;
  readonly expiresAtMs: number;
}

/** A session that a browser has opened. */
export interface Opened {
  readonly token: string;
  /** When its person logged in. */
  readonly since: string;
}

type Found = Versioned<ConsoleSessionDocument>;

/**
 * Sessions of the console, in the store: any gateway on it serves them. A session is worth what its token is worth, which
 * only the browser's cookie and its page together open, and is asked about anew at each request.
 */
export class ConsoleSessions {
  readonly #parts: ConsoleSessionsParts;
  readonly #sweeper: NodeJS.Timeout;

  constructor(parts: ConsoleSessionsParts) {
    this.#parts = parts;
    this.#sweeper = setInterval(() => void this.sweep().catch(parts.onProblem), SWEEP_MS).unref();
  }

  /**
   * Begins the session of a login, which `login` names and which ends at `loginEndsAt` in any case; undefined where that login
   * has been carried out. It is on record before it is good for anything.
   * @throws StoreError, LogError
   */
  async begin(token: string, { token: facts }: ControlCaller, login: LoginOnce): Promise<Begun | undefined> {
    const { store, log, registry, now } = this.#parts;
    const secrets: SessionSecrets = { cookie: newSecret(), page: newSecret() };
    const session = sessionId(secrets);
    if (!(await store.consoleLogins.insert(`${login.endsAt} ${login.digest}`, { session }))) return undefined;
    const person = holderId(facts);
    const expiresAt = new Date(facts.expiresAt).toISOString();
    const principal = callerPrincipal(facts, registry);
    await log.append([{ type: 'console.login', session, principal, expiresAt }]);
    const createdAt = now().toISOString();
    await store.consoleSessions.insert(session, {
      person,
      sealedToken: sealToken(token, secrets, createdAt),
      createdAt,
      expiresAt,
    });
    await this.#keepFew(person);
    const [cookie, page] = [secrets.cookie.toString('base64url'), secrets.page.toString('base64url')];
    return { cookie, page, expiresAtMs: facts.expiresAt };
  }

  /**
   * A browser's session with its token, as it was when they logged in; undefined where there is no such session any more, or
   * it is not all there: its cookie alone is nobody's.
   */
  async open(held: Held): Promise<Opened | undefined> {
    return (await this.#find(held))?.opened;
  }

  /** Ends a browser's session, on record first. */
  async end(held: Held): Promise<void> {
    const found = await this.#find(held);
    if (found) await this.#remove(found.session, 'logged-out');
  }

  /** Forgets those that are over, and logins that nobody could repeat any more. */
  async sweep(): Promise<void> {
    const { store, now } = this.#parts;
    await store.consoleLogins.removeBefore(now().toISOString());
    for (const session of await everyDocument(store.consoleSessions)) {
      if (this.#isOver(session)) await store.consoleSessions.remove(session.id, session.version);
    }
  }

  close(): void {
    clearInterval(this.#sweeper);
  }

  async #find(held: Held): Promise<{ readonly session: Found; readonly opened: Opened } | undefined> {
    const [cookie, page] = [readSecret(held.cookie ?? ''), readSecret(held.page ?? '')];
    if (!cookie || !page) return undefined;
    const session = await this.#parts.store.consoleSessions.get(sessionId({ cookie }));
    if (!session || this.#isOver(session)) return undefined;
    const { sealedToken, createdAt: since } = session.value;
    const token = unsealToken(sealedToken, { cookie, page }, since);
    return token === undefined ? undefined : { session, opened: { token, since } };
  }

  #isOver({ value }: Found): boolean {
    // What is no time is over.
    return !(Date.parse(value.expiresAt) > this.#parts.now().getTime());
  }

  /** After the new one is there, so that of several logins at once the last one to look sees them all. */
  async #keepFew(person: string): Promise<void> {
    const sessions = await everyDocument(this.#parts.store.consoleSessions);
    const own = sessions.filter((session) => session.value.person === person && !this.#isOver(session));
    own.sort((one, other) => (one.value.createdAt < other.value.createdAt ? -1 : 1));
    for (const session of own.slice(0, -MAX_OF_PERSON)) await this.#remove(session, 'replaced');
  }

  async #remove({ id, version }: Found, reason: 'logged-out' | 'replaced'): Promise<void> {
    await this.#parts.log.append([{ type: 'console.logout', session: id, reason }]);
    await this.#parts.store.consoleSessions.remove(id, version);
  }
}

/** Names a login, so that it is carried out once. */
export interface LoginOnce {
  readonly digest: string;
  /** After this nobody can carry it out. */
  readonly endsAt: string;
}
