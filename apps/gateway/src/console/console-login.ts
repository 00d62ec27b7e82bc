// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  None,
} from 'openid-client';
import { readPassword } from '../config/password-file.ts';
import type { Config } from '../config/schema.ts';
import { ConsoleError } from './console-error.ts';
import type { LoginOnce } from './console-sessions.ts';
import { beginLogin, derived, formatLogin, isStateOf, LOGIN_MS, type LoginState, parseLogin } from './login-state.ts';
import { providerFetch } from './provider-fetch.ts';

export type ConsoleConfig = NonNullable<Config['console']>;

const TIMEOUT_SECONDS = 10;
/** What a provider publishes is asked for again after this. */
const FRESH_MS = 600_000;
/** A login is remembered longer than any gateway's clock would take it for. */
const REMEMBERED_MS = LOGIN_MS + 120_000;

export interface ConsoleLoginParts {
  readonly settings: ConsoleConfig;
  /** As browsers see the console. */
  readonly origin: string;
  readonly config: () => Config;
  readonly now: () => Date;
}

/** What a login brought: an access token, whose it is by the ID token that came with it, and where to go. */
export interface LoggedIn {
  readonly token: string;
  readonly issuer: string;
  readonly subject: string;
  readonly to: string;
  readonly once: LoginOnce;
}

/** Where the browser is sent, and the cookie by which it is known when it comes back. */
export interface LoginBegun {
  readonly location: URL;
  readonly cookie: string;
}

interface Discovered {
  readonly of: string;
  readonly until: number;
  readonly provider: Promise<Configuration>;
}

/** The word for what went wrong that OAuth has, if any: nothing else of what a provider says is repeated. */
function wordOf(error: unknown): string {
  const { error: oauth, code } = error as { readonly error?: unknown; readonly code?: unknown };
  const word = [oauth, code].find((text) => typeof text === 'string' && /^[\w-]{1,64}$/.test(text));
  return word === undefined ? 'no answer that can be used' : String(word);
}

/**
 * Login at the console's identity provider: code flow with PKCE, state and nonce.
 * @see OpenID Connect Core 1.0 §3.1; RFC 7636; RFC 9700
 */
export class ConsoleLogin {
  readonly #parts: ConsoleLoginParts;
  #discovered: Discovered | undefined;

  constructor(parts: ConsoleLoginParts) {
    this.#parts = parts;
  }

  /** @throws ConsoleError */
  async begin(to: string): Promise<LoginBegun> {
    const { settings, now } = this.#parts;
    const provider = await this.#provider();
    const login = beginLogin(to, now());
    const location = buildAuthorizationUrl(provider, {
      redirect_uri: this.#callback.href,
      scope: settings.scopes.join(' '),
      state: derived(login, 'state'),
      nonce: derived(login, 'nonce'),
      code_challenge: await calculatePKCECodeChallenge(derived(login, 'verifier')),
      code_challenge_method: 'S256',
    });
    return { location, cookie: formatLogin(login) };
  }

  /** The login that this answer of the provider is to, by the browser's cookie; undefined where it is to none of theirs. */
  answered(query: URLSearchParams, cookie: string | undefined): LoginState | undefined {
    const login = parseLogin(cookie, this.#parts.now());
    const [state, ...more] = query.getAll('state');
    return login && state !== undefined && more.length === 0 && isStateOf(login, state) ? login : undefined;
  }

  /** Turns the code of an answer into tokens. @throws ConsoleError */
  async finish(query: URLSearchParams, login: LoginState): Promise<LoggedIn> {
    const provider = await this.#provider();
    const answer = this.#callback;
    answer.search = query.toString();
    try {
      const tokens = await authorizationCodeGrant(provider, answer, {
        pkceCodeVerifier: derived(login, 'verifier'),
        expectedState: derived(login, 'state'),
        expectedNonce: derived(login, 'nonce'),
        idTokenExpected: true,
      });
      const { iss: issuer = '', sub: subject = '' } = tokens.claims() ?? {};
      const endsAt = new Date(login.beganAtMs + REMEMBERED_MS).toISOString();
      const once = { digest: hash('sha256', derived(login, 'state')), endsAt };
      return { token: tokens.access_token, issuer, subject, to: login.to, once };
    } catch (error) {
      throw new ConsoleError('ERR_CONSOLE_PROVIDER', `a login was not confirmed: ${wordOf(error)}`);
    }
  }

  get #callback(): URL {
    return new URL('/auth/callback', this.#parts.origin);
  }

  /** What the provider publishes, asked for once for all who log in, and anew after a while or where it failed. */
  async #provider(): Promise<Configuration> {
    const issuer = this.#issuer();
    const of = JSON.stringify(issuer);
    const nowMs = this.#parts.now().getTime();
    if (this.#discovered?.of !== of || this.#discovered.until <= nowMs) {
      this.#discovered = { of, until: nowMs + FRESH_MS, provider: this.#discover(issuer) };
    }
    const asked = this.#discovered;
    try {
      return await asked.provider;
    } catch (error) {
      if (this.#discovered === asked) this.#discovered = undefined;
      throw error;
    }
  }

  /** The issuer as it is configured now. */
  #issuer() {
    const { config, settings } = this.#parts;
    const issuer = config().issuers.find(({ name }) => name === settings.issuer);
    if (issuer?.kind !== 'oidc') throw new ConsoleError('ERR_CONSOLE_PROVIDER', 'its issuer is no longer configured');
    return { url: issuer.issuer, caFile: issuer.caFile };
  }

  async #discover({ url, caFile }: { readonly url: string; readonly caFile?: string | undefined }) {
    const { clientId, clientSecretFile } = this.#parts.settings;
    const secret = clientSecretFile === undefined ? undefined : await readPassword(clientSecretFile);
    if (secret && 'problem' in secret) throw new ConsoleError('ERR_CONSOLE_SECRET', secret.problem);
    const authentication = secret ? ClientSecretBasic(secret.password) : None();
    try {
      const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8');
      return await discovery(new URL(url), clientId, {}, authentication, {
        // The configuration lets an issuer be plain HTTP on loopback alone.
        execute: url.startsWith('http:') ? [allowInsecureRequests] : [],
        [customFetch]: providerFetch(ca),
        timeout: TIMEOUT_SECONDS,
      });
    } catch (error) {
      throw new ConsoleError('ERR_CONSOLE_PROVIDER', `the identity provider can't be asked: ${wordOf(error)}`);
    }
  }
}
