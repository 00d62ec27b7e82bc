// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import { type DevelopmentIdp, startDevelopmentIdp } from './development-idp.ts';
import { NOTICE } from './notice.ts';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

let dir: string;
let idp: DevelopmentIdp;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-device-'));
  idp = await startDevelopmentIdp({
    dir,
    audience: 'countersign-test',
    clients: [{ id: 'reporter', groups: [] }],
    login: {
      client: { id: 'console', redirectUri: 'http://localhost:9/auth/callback' },
      deviceClientId: 'cli',
      people: [{ id: 'approver', groups: ['approvers'] }],
    },
    port: 0,
    log: () => undefined,
  });
});

after(async () => {
  await idp.close();
  await rm(dir, { recursive: true });
});

type Fields = Readonly<Record<string, string>>;
type Json = Readonly<Record<string, string | number>>;

async function post(path: string, fields: Fields): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${idp.issuer}${path}`, { method: 'POST', body: new URLSearchParams(fields) });
  return { status: response.status, body: (await response.json()) as Json };
}

/** What a program without a browser begins with. */
async function begin(clientId = 'cli') {
  return post('/device/auth', { client_id: clientId, scope: 'openid offline_access' });
}

/** What that program asks until it is told. */
async function ask(deviceCode: unknown) {
  return post('/token', { client_id: 'cli', grant_type: DEVICE_CODE, device_code: String(deviceCode) });
}

/** A browser, as far as these pages need one: it has cookies, and sends the fields of a form that it was shown. */
class Browser {
  readonly #cookies = new Map<string, string>();
  text = '';

  async open(url: string, body?: URLSearchParams): Promise<void> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const init = { redirect: 'manual', headers: { cookie }, ...(body ? { method: 'POST', body } : {}) } as const;
    const response = await fetch(url, init);
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    this.text = await response.text();
    const location = response.headers.get('location');
    if (location !== null) await this.open(new URL(location, url).href);
  }

  /** Fills in the form of the page, as far as it isn't filled in. */
  async submit(fields: Fields): Promise<void> {
    const [, action = ''] = /action="([^"]+)"/.exec(this.text) ?? [];
    const hidden = [...this.text.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
    const all = [...hidden.map(([, name = '', value = '']) => [name, value]), ...Object.entries(fields)];
    await this.open(new URL(action, idp.issuer).href, new URLSearchParams(all as [string, string][]));
  }
}

/** A person who is at the page that asks whether a terminal is theirs. */
async function atConfirmation(begun: Json): Promise<Browser> {
  const browser = new Browser();
  await browser.open(String(begun.verification_uri));
  assert.ok(browser.text.includes(NOTICE));
  await browser.submit({ user_code: String(begun.user_code) });
  assert.ok(browser.text.includes(`<strong>${begun.user_code}</strong>`), browser.text);
  return browser;
}

test('a person logs in for a program that has no browser, which gets tokens of theirs and further ones', async () => {
  const { body: begun } = await begin();
  assert.match(String(begun.user_code), /^[A-Z]{4}-[A-Z]{4}$/);
  assert.deepEqual((await ask(begun.device_code)).body.error, 'authorization_pending');
  const browser = await atConfirmation(begun);
  await browser.submit({});
  assert.match(browser.text, /Who are you\?/);
  await browser.submit({ person: 'approver' });
  assert.match(browser.text, /Go back to the terminal/);
  const { status, body } = await ask(begun.device_code);
  assert.equal(status, 200);
  const { sub, groups, aud } = decodeJwt(String(body.access_token));
  assert.deepEqual([sub, groups, aud], ['approver', ['approvers'], 'countersign-test']);
  const renew = (token: unknown) =>
    post('/token', { client_id: 'cli', grant_type: 'refresh_token', refresh_token: String(token) });
  const renewed = await renew(body.refresh_token);
  assert.equal(decodeJwt(String(renewed.body.access_token)).sub, 'approver');
  assert.equal((await renew(body.refresh_token)).body.error, 'invalid_grant', 'a refresh token is good once');
});

test('who says no logs nobody in', async () => {
  const { body: begun } = await begin();
  const browser = await atConfirmation(begun);
  await browser.submit({ abort: 'yes' });
  assert.match(browser.text, /Nobody was logged in/);
  assert.equal((await ask(begun.device_code)).body.error, 'access_denied');
});

test('a code that is none, or was used, is asked for again, and says why', async () => {
  const { body: begun } = await begin();
  const browser = await atConfirmation(begun);
  await browser.submit({});
  const other = new Browser();
  await other.open(String(begun.verification_uri));
  await other.submit({ user_code: String(begun.user_code) });
  assert.match(other.text, /used already/);
  await other.submit({ user_code: 'BCDF-GHJK' });
  assert.match(other.text, /There is no such code/);
});

test('a browser that was not shown the form says nothing by it', async () => {
  const { body: begun } = await begin();
  const fields = { user_code: String(begun.user_code), confirm: 'yes' };
  const browser = new Browser();
  await browser.open(`${idp.issuer}/device`, new URLSearchParams(fields));
  assert.match(browser.text, /was not shown the form/);
  assert.equal((await ask(begun.device_code)).body.error, 'authorization_pending');
});

test('agents and the console log nobody in so', async () => {
  for (const id of ['reporter', 'console']) assert.equal((await begin(id)).status, 401);
  assert.equal((await begin('nobody')).status, 401);
});
