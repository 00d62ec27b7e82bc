// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Browser } from './browser-for-tests.ts';
import { openTestConsole, type TestConsole } from './console-for-tests.ts';

const HOUR_MS = 3_600_000;

describe('the console, driven as a browser drives it', () => {
  let site: TestConsole;

  beforeEach(async () => {
    site = await openTestConsole();
  });

  afterEach(async () => {
    await site.close();
    assert.deepEqual(site.problems, []);
  });

  const cookieOf = (browser: Browser) => browser.cookies.get('localhost')?.get('countersign');
  const typesOf = () => site.recorded.map(({ type }) => type);

  it('lets a person in at the identity provider, tells them who they are, and lets them out', async () => {
    const browser = new Browser();
    assert.equal((await site.api(browser, '/api/v1/me')).status, 401);
    const page = await site.login(browser, 'approver', '/approvals/1?tab=diff');
    assert.equal(page.url.href, `${site.origin}/approvals/1?tab=diff`);
    const { status, body } = await site.api(browser, '/api/v1/me');
    assert.equal(status, 200);
    const { expiresAt, ...me } = body;
    assert.ok(Date.parse(expiresAt) > Date.now());
    assert.deepEqual(me, {
      subject: 'approver',
      issuer: site.idp.issuer,
      email: 'approver@example.com',
      roles: ['approver'],
      approverGroups: ['approvers'],
      agents: [],
      passkeys: 0,
    });
    const cookie = cookieOf(browser);
    assert.equal((await site.api(browser, '/auth/logout', 'POST')).status, 204);
    assert.equal(cookieOf(browser), undefined);
    assert.deepEqual(typesOf(), ['console.login', 'control', 'console.logout']);
    const headers = { cookie: `countersign=${cookie}`, 'countersign-page': browser.page };
    assert.equal((await site.api(new Browser(), '/api/v1/me', 'GET', headers)).status, 401);
  });

  it('gives nothing to who has the cookie alone, as every port of its host has', async () => {
    const [browser, other] = [new Browser(), new Browser()];
    await site.login(browser, 'approver');
    await site.login(other, 'approver');
    const cookie = `countersign=${cookieOf(browser)}`;
    for (const page of [
      '',
      other.page,
      cookieOf(browser) ?? '',
      `${browser.page}A`,
      `${browser.page}, ${browser.page}`,
    ]) {
      const headers = { cookie, 'countersign-page': page };
      for (const [path, method] of [
        ['/api/v1/me', 'GET'],
        ['/api/v1/events', 'GET'],
        ['/api/v1/approvals', 'GET'],
        ['/api/v1/passkeys/options', 'POST'],
      ] as const) {
        assert.equal((await site.api(new Browser(), path, method, headers)).status, 401, `${method} ${path}`);
      }
      await site.api(new Browser(), '/auth/logout', 'POST', headers);
    }
    const again = await browser.send(site.url('/'));
    assert.ok(!again.text.includes(browser.page) && !JSON.stringify(again.headers).includes(browser.page));
    assert.ok(!browser.history.some((address) => address.includes(browser.page)));
    assert.equal((await site.api(browser, '/api/v1/me')).status, 200);
  });

  it('keeps nothing at rest that opens anything', async () => {
    const browser = new Browser();
    await site.login(browser, 'operator');
    const stored = JSON.stringify(await site.store.consoleSessions.list());
    const cookie = cookieOf(browser) ?? assert.fail();
    for (const text of [
      cookie,
      browser.page,
      Buffer.from(cookie, 'base64url').toString('hex'),
      'eyJhbGciOi',
      'operator',
    ]) {
      assert.ok(!stored.includes(text), text);
    }
    const logged = JSON.stringify(site.recorded);
    for (const text of [cookie, browser.page, 'eyJhbGciOi', 'code=']) assert.ok(!logged.includes(text), text);
  });

  it('ends with the token, whatever a browser still sends', async () => {
    const browser = new Browser();
    await site.login(browser, 'operator');
    const cookie = `countersign=${cookieOf(browser)}`;
    assert.equal((await site.api(browser, '/api/v1/me', 'GET', { cookie })).status, 200);
    site.later(HOUR_MS);
    assert.equal((await site.api(browser, '/api/v1/me', 'GET', { cookie })).status, 401);
  });

  it('takes no cookie twice, none of other characters, and no token in its place', async () => {
    const browser = new Browser();
    await site.login(browser, 'operator');
    const value = cookieOf(browser) ?? '';
    const other = `${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}`;
    const lines = [`countersign=${value}; countersign=${value}`, `countersign=${other}`, `countersign=${value}=`, 'x'];
    const page = { 'countersign-page': browser.page };
    for (const cookie of lines) {
      assert.equal((await site.api(new Browser(), '/api/v1/me', 'GET', { ...page, cookie })).status, 401, cookie);
    }
    const authorization = `Bearer ${value}`;
    assert.equal((await site.api(new Browser(), '/api/v1/me', 'GET', { ...page, authorization })).status, 401);
  });

  it('shows pages their headers, and none of another name', async () => {
    const browser = new Browser();
    const { headers, text } = await browser.send(site.url('/approvals'));
    assert.match(text, /npm run build/);
    assert.equal(headers['cache-control'], 'no-store');
    assert.match(
      String(headers['content-security-policy']),
      /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';/,
    );
    assert.equal(headers['x-content-type-options'], 'nosniff');
    for (const host of ['evil.example', `evil.example:${site.url('/').port}`, `127.0.0.1:${site.url('/').port}`]) {
      assert.equal((await browser.send(site.url('/'), { headers: { host } })).status, 421, host);
      assert.equal((await browser.send(site.url('/api/v1/me'), { headers: { host } })).status, 421, host);
    }
    assert.equal((await browser.send(site.url('/assets/../../package.json'))).status, 200);
    assert.equal((await browser.send(site.url('/assets/none.js'))).status, 404);
  });

  it('refuses what a page of another origin could send', async () => {
    const browser = new Browser();
    await site.login(browser, 'operator');
    const own = { 'countersign-console': '1', origin: site.origin };
    const strange: Record<string, string>[] = [
      { origin: site.origin },
      { 'countersign-console': '1' },
      { ...own, origin: 'http://localhost:1' },
      { ...own, origin: 'null' },
      { ...own, 'sec-fetch-site': 'same-site' },
      { ...own, 'sec-fetch-site': 'cross-site' },
      { ...own, 'countersign-console': '2' },
    ];
    for (const headers of strange) {
      const post = await browser.send(site.url('/auth/logout'), { method: 'POST', headers });
      assert.equal(post.status, 403, JSON.stringify(headers));
    }
    const read = await browser.send(site.url('/api/v1/me'), { headers: { 'sec-fetch-site': 'same-site' } });
    assert.equal(read.status, 403);
    const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' };
    assert.equal((await browser.send(site.url('/auth/login'), { headers: image })).status, 403);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' };
    assert.equal((await browser.send(site.url('/auth/login'), { headers: link })).status, 302);
    assert.equal((await site.api(browser, '/api/v1/me')).status, 200);
    const page = { 'countersign-page': browser.page };
    const out = await browser.send(site.url('/auth/logout'), { method: 'POST', headers: { ...own, ...page } });
    assert.equal(out.status, 204);
  });

  it('leads to no other place than its own pages', async () => {
    const places = [
      '//evil.example',
      'https://evil.example/',
      '/\\evil.example',
      '/.//evil.example',
      '/auth/login',
      'x',
    ];
    for (const to of places) {
      assert.equal((await site.login(new Browser(), 'operator', to)).url.href, `${site.origin}/`, to);
    }
  });

  it('takes the end of a login once, and only in the browser that began it', async () => {
    const browser = new Browser();
    const answer = await site.answerOf(browser, 'approver');
    const login = browser.cookies.get('localhost')?.get('countersign-login') ?? assert.fail();
    assert.equal((await new Browser().send(answer)).status, 400);
    const other = new Browser();
    await site.answerOf(other, 'approver');
    assert.equal((await other.send(answer)).status, 400);
    assert.equal((await browser.go(answer)).status, 200);
    const cookie = `countersign-login=${login}`;
    const again = await new Browser().send(answer, { headers: { cookie } });
    assert.equal(again.status, 503);
    assert.equal(
      again.headers['set-cookie']?.some((line) => line.startsWith('countersign=')),
      false,
    );
    assert.match(site.problems.splice(0).join(), /a login was not confirmed: invalid_grant/);
  });

  it('gives up on a login that has taken too long', async () => {
    const browser = new Browser();
    const answer = await site.answerOf(browser, 'approver');
    site.later(HOUR_MS);
    assert.equal((await browser.send(answer)).status, 400);
  });

  it('lets nobody in who has no role, and no agent, and puts both on record', async () => {
    for (const person of ['stranger', 'reporter']) {
      const browser = new Browser();
      const { status, text } = await site.login(browser, person);
      assert.equal(status, 403, person);
      assert.match(text, person === 'reporter' ? /for people/ : /roles/);
      assert.equal(cookieOf(browser), undefined);
      assert.deepEqual(typesOf(), ['control']);
      const [record] = site.recorded.splice(0);
      assert.ok(record?.type === 'control' && record.route === '/auth/callback' && record.status === 403);
    }
  });

  it('ends the oldest session of a person who has too many', async () => {
    const browsers = Array.from({ length: 9 }, () => new Browser());
    for (const browser of browsers) await site.login(browser, 'approver');
    const statuses = await Promise.all(browsers.map(async (one) => (await site.api(one, '/api/v1/me')).status));
    assert.deepEqual(statuses, [401, ...Array<number>(8).fill(200)]);
    assert.ok(site.recorded.some((record) => record.type === 'console.logout' && record.reason === 'replaced'));
  });

  it('tells who may only countersign no more than that', async () => {
    const browser = new Browser();
    await site.login(browser, 'approver');
    assert.equal((await site.api(browser, '/api/v1/agents')).status, 403);
    await site.login(browser, 'operator');
    assert.deepEqual(
      (await site.api(browser, '/api/v1/agents')).body.items.map(({ id }: { id: string }) => id),
      ['reporter'],
    );
  });
});

describe('the console, when much is asked of it', () => {
  it('begins so many logins of one source, and then no more for a while', async () => {
    const site = await openTestConsole();
    try {
      const browser = new Browser();
      // Each second would let another one in.
      site.stopClock();
      const statuses: number[] = [];
      for (let count = 0; count < 61; count += 1) statuses.push((await browser.send(site.url('/auth/login'))).status);
      assert.deepEqual([...new Set(statuses.slice(0, 60))], [302]);
      assert.equal(statuses.at(-1), 429);
      site.later(61_000);
      assert.equal((await browser.send(site.url('/auth/login'))).status, 302);
    } finally {
      await site.close();
    }
  });

  it('says that nobody can log in while the identity provider is away', async () => {
    const site = await openTestConsole();
    try {
      await site.idp.close();
      const { status, text } = await new Browser().send(site.url('/auth/login'));
      assert.equal(status, 503);
      assert.match(text, /could not be asked/);
      assert.match(site.problems.join(), /ERR_CONSOLE_PROVIDER|can't be asked/);
    } finally {
      await site.close().catch(() => undefined);
    }
  });
});
