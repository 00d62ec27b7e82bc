// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { LoginSettings, LoginTokens } from './logins.ts';

/** Goes to a place with what a browser would have, and gives what came, with the cookies that go with the next. */
async function visit(url: string | URL, cookies: readonly string[], fields?: Readonly<Record<string, string>>) {
  const headers = { cookie: cookies.join('; ') };
  const body = fields && new URLSearchParams(fields);
  const answer = await fetch(url, { redirect: 'manual', headers, ...(body ? { method: 'POST', body } : {}) });
  const fresh = answer.headers.getSetCookie().map((line) => line.split(';', 1).join(''));
  const nameOf = (cookie: string) => cookie.split('=', 1).join('');
  const kept = cookies.filter((cookie) => !fresh.some((one) => nameOf(one) === nameOf(cookie)));
  const next = new URL(answer.headers.get('location') ?? '', url);
  return { text: await answer.text(), cookies: [...kept, ...fresh], next };
}

/** Says yes to a code at the development identity provider, as somebody. */
async function sayYes(placeWithCode: string, person: string): Promise<void> {
  const shown = await visit(placeWithCode, []);
  const [, xsrf = ''] = /name="xsrf" value="(\w+)"/.exec(shown.text) ?? [];
  const place = new URL(placeWithCode);
  const fields = { xsrf, user_code: place.searchParams.get('user_code') ?? '', confirm: 'yes' };
  const confirmed = await visit(new URL(place.pathname, place), shown.cookies, fields);
  const named = await visit(confirmed.next, confirmed.cookies, { person });
  assert.match((await visit(named.next, named.cookies)).text, /Go back to the terminal/);
}

/** Tokens of somebody who has logged in, without the pause that a program makes between two questions. */
export async function logIn(settings: LoginSettings, person: string): Promise<LoginTokens & { refreshToken: string }> {
  const ask = async (path: string, fields: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams({ client_id: settings.clientId, ...fields });
    return (await (await fetch(`${settings.issuer}${path}`, { method: 'POST', body })).json()) as Record<
      string,
      string
    >;
  };
  const begun = await ask('/device/auth', { scope: settings.scope });
  await sayYes(begun.verification_uri_complete ?? '', person);
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: begun.device_code ?? '' };
  const { access_token: accessToken = '', refresh_token: refreshToken = '' } = await ask('/token', grant);
  return { accessToken, refreshToken, expiresAtMs: Date.now() + 900_000 };
}
