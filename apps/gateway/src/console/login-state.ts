// SPDX-License-Identifier: Apache-2.0
import { hash, hkdfSync } from 'node:crypto';
import { isSameText } from '../same-text.ts';
import { newSecret, readSecret } from './sealed-token.ts';

/** How long somebody may take to log in at their identity provider. */
export const LOGIN_MS = 600_000;
const MAX_TO_LENGTH = 512;

/**
 * A login under way, as the browser that began it holds it: a secret, when it began, and where it leads. All that the identity
 * provider is told (state, nonce, the PKCE challenge) is derived from the three, so that the gateway need remember nothing
 * of logins that strangers begin.
 */
export interface LoginState {
  readonly secret: Buffer;
  readonly beganAtMs: number;
  /** A path of ours. */
  readonly to: string;
}

export function beginLogin(to: string, now: Date): LoginState {
  return { secret: newSecret(), beganAtMs: now.getTime(), to };
}

/** As the value of a cookie. */
export function formatLogin({ secret, beganAtMs, to }: LoginState): string {
  return [secret.toString('base64url'), beganAtMs.toString(36), Buffer.from(to).toString('base64url')].join('.');
}

/** From the value of a cookie; undefined where it is none of ours, or too old. */
export function parseLogin(cookie: string | undefined, now: Date): LoginState | undefined {
  const [secretText = '', time = '', path = '', ...more] = (cookie ?? '').split('.');
  const secret = readSecret(secretText);
  const beganAtMs = /^[0-9a-z]{1,9}$/.test(time) ? Number.parseInt(time, 36) : Number.NaN;
  if (!secret || more.length > 0) return undefined;
  const age = now.getTime() - beganAtMs;
  // No clock of ours began it in the future, but that of another gateway may be ahead of this one.
  if (!(age > -60_000 && age < LOGIN_MS)) return undefined;
  return { secret, beganAtMs, to: Buffer.from(path, 'base64url').toString() };
}

/** One of the three values that a login has for itself: 43 characters of base64url, as PKCE wants its verifier. */
export function derived(login: LoginState, what: 'state' | 'nonce' | 'verifier'): string {
  const { beganAtMs, to } = login;
  const info = JSON.stringify(['countersign console login 1', what, beganAtMs, hash('sha256', to)]);
  return Buffer.from(hkdfSync('sha256', login.secret, Buffer.alloc(0), info, 32)).toString('base64url');
}

/** Whether an answer of the identity provider is to this login. */
export function isStateOf(login: LoginState, state: string): boolean {
  return isSameText(derived(login, 'state'), state);
}

/** Where to go after a login: a page of ours, by path and query; what is anything else leads home. */
export function ownPath(to: string | undefined, origin: string): string {
  const url = to?.startsWith('/') && to.length <= MAX_TO_LENGTH ? URL.parse(to, origin) : null;
  if (!url || url.origin !== origin || url.username !== '' || url.password !== '') return '/';
  const { pathname, search } = url;
  // A path with two slashes in front is another host to a browser.
  return pathname.startsWith('//') || /^\/(?:api|auth)(?:\/|$)/.test(pathname) ? '/' : `${pathname}${search}`;
}
