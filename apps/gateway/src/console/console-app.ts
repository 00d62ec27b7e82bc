// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { authorizeToken, type ControlCaller, type RefusedCaller } from '../control/authorize.ts';
import { type ControlParts, createControlApi } from '../control/control-api.ts';
import { problemResponse, problems } from '../control/problem.ts';
import { recordRefused } from '../control/record-request.ts';
import { type RefusalLimit, refusalLimit } from '../limits/refusal-limit.ts';
import { sourceOf as networkOf } from '../limits/source-of.ts';
import type { Asset } from './console-assets.ts';
import { ConsoleError } from './console-error.ts';
import { type ConsoleConfig, ConsoleLogin, type LoggedIn } from './console-login.ts';
import type { ConsoleSessions, Held } from './console-sessions.ts';
import { cookieLine, readCookie } from './cookie.ts';
import { isForHost, securityHeaders, strangeness } from './guard.ts';
import { LOGIN_MS, ownPath } from './login-state.ts';
import { plainPage, withHandover } from './page.ts';

const SESSION = 'countersign';
const LOGIN = 'countersign-login';
/** The header with the page's part of a session. */
const PAGE = 'countersign-page';

/** Logins of one source, and of all together: more than people begin, fewer than would keep an identity provider busy. */
const OF_SOURCE = { burst: 60, perMinute: 60, maxParties: 4_096 } as const;
const OF_ALL = { burst: 300, perMinute: 300, maxParties: 1 } as const;
const EVERYBODY = 'all';

export interface ConsoleParts {
  readonly control: ControlParts;
  readonly settings: ConsoleConfig;
  /** As browsers see it: scheme, host and port. */
  readonly origin: string;
  readonly sessions: ConsoleSessions;
  readonly assets: ReadonlyMap<string, Asset>;
}

const TRY_AGAIN = { href: '/auth/login', text: 'Log in' };

/** The console: login, the control API by the cookie of a session, and the files of the web application. */
class ConsoleApp {
  readonly #parts: ConsoleParts;
  readonly #login: ConsoleLogin;
  readonly #isSecure: boolean;
  readonly #ofSource: RefusalLimit;
  readonly #ofAll: RefusalLimit;
  readonly #sourceOf: (env: unknown) => string;

  constructor(parts: ConsoleParts, sourceOf: (env: unknown) => string) {
    const { control, settings, origin } = parts;
    const { config, now } = control;
    this.#parts = parts;
    this.#sourceOf = sourceOf;
    this.#login = new ConsoleLogin({ settings, origin, config, now });
    this.#isSecure = origin.startsWith('https:');
    this.#ofSource = refusalLimit({ ...OF_SOURCE, now });
    this.#ofAll = refusalLimit({ ...OF_ALL, now });
  }

  get api(): Hono {
    const { control } = this.#parts;
    const callerOf = (context: Context) => this.#callerOf(context);
    return createControlApi(control, this.#sourceOf, callerOf) as unknown as Hono;
  }

  async beginLogin(context: Context): Promise<Response> {
    if (!this.#admit(context)) return this.#tooMany(context);
    const to = ownPath(context.req.query('to'), this.#parts.origin);
    const { location, cookie } = await this.#login.begin(to);
    context.header('set-cookie', this.#loginCookie(cookie, LOGIN_MS / 1_000));
    return context.redirect(location.href, 302);
  }

  async finishLogin(context: Context): Promise<Response> {
    if (!this.#admit(context)) return this.#tooMany(context);
    const query = new URL(context.req.url).searchParams;
    const cookie = readCookie(context.req.header('cookie'), LOGIN, this.#isSecure);
    // Whatever comes of it, this login is over.
    context.header('set-cookie', this.#loginCookie('', 0));
    const login = this.#login.answered(query, cookie);
    if (!login) {
      this.#refusedLogin(context);
      const text = 'This is the end of a login that was not begun in this browser, or that has taken too long.';
      return context.html(plainPage('Not logged in', text, TRY_AGAIN), 400);
    }
    return this.#enter(context, await this.#login.finish(query, login));
  }

  async logOut(context: Context): Promise<Response> {
    await this.#parts.sessions.end(this.#heldOf(context));
    context.header('set-cookie', this.#sessionCookie('', 0));
    return context.body(null, 204);
  }

  /** What could not be done, in words that hold nothing of a login. */
  failed(error: unknown, context: Context): Response {
    this.#parts.control.onProblem(error);
    const text =
      error instanceof ConsoleError
        ? 'The identity provider did not confirm this login, or could not be asked.'
        : 'This could not be done and recorded. Try again.';
    return context.html(plainPage('Not now', text, TRY_AGAIN), 503);
  }

  /** A file of the console, or for any other page its one page, which finds out by itself what is asked for. */
  file(context: Context): Response {
    const { assets } = this.#parts;
    const { path } = context.req;
    const found = assets.get(path);
    if (found && path !== '/index.html') {
      const kept = found.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache';
      return context.body(found.bytes, 200, { 'content-type': found.type, 'cache-control': kept });
    }
    const wantsPage = context.req.header('accept')?.includes('text/html') ?? false;
    if (!wantsPage || /^\/(?:api|auth|assets)(?:\/|$)/.test(path)) return context.text('Not here.\n', 404);
    return context.html(this.#index());
  }

  #index(): string {
    const index = this.#parts.assets.get('/index.html');
    if (index) return Buffer.from(index.bytes).toString();
    const text = 'The console has not been built here: run `npm run build`, and start the gateway again.';
    return plainPage('No console yet', text, TRY_AGAIN);
  }

  /** Who has the browser's session. Agents have no business in a browser, whoever gave them a session. */
  async #callerOf(context: Context): Promise<ControlCaller | RefusedCaller> {
    const opened = await this.#parts.sessions.open(this.#heldOf(context));
    if (opened === undefined) {
      return { problem: problems.unauthorized('log in at /auth/login'), fault: 'ERR_TOKEN_MISSING' };
    }
    const caller = await this.#person(opened.token);
    return 'problem' in caller ? caller : { ...caller, loggedInAt: opened.since };
  }

  async #person(token: string): Promise<ControlCaller | RefusedCaller> {
    const caller = await authorizeToken(token, 'console', this.#parts.control);
    if ('problem' in caller || caller.agent === undefined) return caller;
    const problem = problems.forbidden('the console is for people, and this is an agent');
    return { problem, fault: 'ERR_ROLE_MISSING', token: caller.token };
  }

  /**
   * Begins the session of who has logged in, if they are somebody here. The page's part of it stands in this answer alone: no
   * address has it, and nobody can ask for it again.
   */
  async #enter(context: Context, { token, issuer, subject, to, once }: LoggedIn): Promise<Response> {
    const caller = await this.#person(token);
    if ('problem' in caller) return this.#notLetIn(context, caller);
    if (caller.token.issuer !== issuer || caller.token.subject !== subject) {
      this.#refusedLogin(context);
      return context.html(plainPage('Not logged in', 'The provider gave a token of somebody else.', TRY_AGAIN), 403);
    }
    const begun = await this.#parts.sessions.begin(token, caller, once);
    if (!begun) {
      this.#refusedLogin(context);
      return context.html(plainPage('Not logged in', 'This login has been carried out before.', TRY_AGAIN), 400);
    }
    const seconds = (begun.expiresAtMs - this.#parts.control.now().getTime()) / 1_000;
    context.header('set-cookie', this.#sessionCookie(begun.cookie, seconds), { append: true });
    // It comes from a cookie, which others on this host may have set.
    const handover = { page: begun.page, to: ownPath(to, this.#parts.origin) };
    return context.html(withHandover(this.#index(), handover));
  }

  async #notLetIn(context: Context, refused: RefusedCaller): Promise<Response> {
    const { problem } = refused;
    const request = { id: randomUUID(), method: 'GET', route: context.req.path };
    await recordRefused(this.#parts.control, refused, request, this.#sourceOf(context.env));
    return context.html(plainPage('Not logged in', `${problem.title}: ${problem.detail}`, TRY_AGAIN), problem.status);
  }

  #refusedLogin(context: Context): void {
    this.#parts.control.onRefused('ERR_TOKEN_REFUSED', { source: this.#sourceOf(context.env) });
  }

  /** Counts a step of a login; false where its source, or everybody, has taken too many lately. */
  #admit(context: Context): boolean {
    const source = networkOf(this.#sourceOf(context.env));
    if (this.#ofSource.isExceeded(source) || this.#ofAll.isExceeded(EVERYBODY)) return false;
    this.#ofSource.count(source);
    this.#ofAll.count(EVERYBODY);
    return true;
  }

  #tooMany(context: Context): Response {
    context.header('retry-after', '60');
    return context.html(plainPage('Too often', 'Too many logins were begun. Try again in a minute.', TRY_AGAIN), 429);
  }

  #heldOf({ req }: Context): Held {
    return { cookie: readCookie(req.header('cookie'), SESSION, this.#isSecure), page: req.header(PAGE) };
  }

  #sessionCookie(value: string, maxAgeSeconds: number): string {
    return cookieLine(SESSION, value, { sameSite: 'Strict', maxAgeSeconds, isSecure: this.#isSecure });
  }

  /** Lax, as the browser comes back with it from the identity provider. */
  #loginCookie(value: string, maxAgeSeconds: number): string {
    return cookieLine(LOGIN, value, { sameSite: 'Lax', maxAgeSeconds, isSecure: this.#isSecure });
  }
}

/** All that the console's listener serves. The address of a caller comes with the request's environment. */
export function createConsoleApp(parts: ConsoleParts, sourceOf: (env: unknown) => string): Hono {
  const { origin } = parts;
  const { host } = new URL(origin);
  const console = new ConsoleApp(parts, sourceOf);
  const { api } = console;
  const app = new Hono();
  app.use(securityHeaders());
  app.use(async (context, next) =>
    isForHost(context, host) ? next() : context.text(`This is ${origin}, and no other.\n`, 421),
  );
  app.use(async (context, next) => {
    const { method, path } = context.req;
    const strange = strangeness({ method, path, header: (name) => context.req.header(name) }, origin);
    return strange === undefined ? next() : problemResponse(problems.forbidden(strange), randomUUID());
  });
  app.all('/api/*', (context) => api.fetch(context.req.raw, context.env as object));
  app.get('/auth/login', (context) => console.beginLogin(context));
  app.get('/auth/callback', (context) => console.finishLogin(context));
  app.post('/auth/logout', (context) => console.logOut(context));
  app.get('*', (context) => console.file(context));
  app.notFound((context) => context.text('Not here.\n', 404));
  app.onError((error, context) => console.failed(error, context));
  return app;
}
