// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { askingFor } from '../approvals/approval-fixture.ts';
import { recordOf } from '../approvals/registers-for-tests.ts';
import { Browser } from './browser-for-tests.ts';
import { openTestConsole, type TestConsole } from './console-for-tests.ts';

/** The events that a browser's session is told, one after another, until it ends. */
async function* eventsOf(site: TestConsole, browser: Browser): AsyncGenerator<string> {
  const cookie = `countersign=${browser.cookies.get('localhost')?.get('countersign')}`;
  const { host, port } = site.url('/');
  const request = http.get({
    host: '127.0.0.1',
    port,
    path: '/api/v1/events',
    headers: { host, cookie, 'countersign-page': browser.page },
    agent: false,
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  assert.equal(response.headers['content-type'], 'text/event-stream');
  let rest = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const events = `${rest}${chunk}`.split('\n\n');
    rest = events.pop() ?? '';
    yield* events;
  }
}

test('a session is told of approvals as they change, until it ends', async () => {
  const site = await openTestConsole();
  try {
    const browser = new Browser();
    await site.login(browser, 'approver');
    const events = eventsOf(site, browser);
    assert.equal((await events.next()).value, 'event: hello\ndata: {}');
    const asking = askingFor('a'.repeat(64));
    const admission = await site.register.admit('worker', asking.request);
    assert.ok(typeof admission === 'object');
    const asked = await site.register.ask(asking, admission, recordOf);
    assert.ok(typeof asked === 'object');
    const told = `event: approvals\ndata: {"id":"${asked.id}","state":"pending"}`;
    assert.equal((await events.next()).value, told);
    await site.api(browser, '/auth/logout', 'POST');
    assert.equal((await events.next()).done, true);
    assert.deepEqual(site.problems, []);
  } finally {
    await site.close();
  }
});

test('a stream ends with the token of its session; HEAD has none, and a stranger neither', async () => {
  const site = await openTestConsole();
  try {
    const browser = new Browser();
    assert.equal((await site.api(browser, '/api/v1/events')).status, 401);
    await site.login(browser, 'operator');
    assert.equal((await site.api(browser, '/api/v1/events', 'HEAD')).status, 200);
    const events = eventsOf(site, browser);
    assert.equal((await events.next()).value, 'event: hello\ndata: {}');
    site.later(3_600_000);
    assert.equal((await events.next()).done, true);
    assert.deepEqual(site.problems, []);
  } finally {
    await site.close();
  }
});
