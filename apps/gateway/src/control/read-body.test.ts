// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import * as z from 'zod';
import { readBody } from './read-body.ts';

const app = new Hono();
app.post('/', async (context) => {
  const body = await readBody(context, z.strictObject({ name: z.string() }));
  return 'problem' in body ? context.text(body.problem.detail, 400) : context.text(body.data.name);
});

const post = async (body: string) => {
  const answer = await app.request('/', { method: 'POST', body });
  return [answer.status, await answer.text()] as const;
};

test('a body that is no JSON is told so, and one of another shape what of it is wrong', async () => {
  assert.deepEqual(await post('{"name":"lab"}'), [200, 'lab']);
  assert.deepEqual(await post(String.raw`{"name":"\ud800"}`), [200, '\ufffd']);
  for (const broken of ['', '{"name":', 'name=lab'])
    assert.deepEqual(await post(broken), [400, 'the body is no JSON; send one JSON object']);
  const [status, detail] = await post('{"name":1}');
  assert.deepEqual([status, /^name: .*expected string/.test(detail)], [400, true], detail);
  assert.match((await post('null'))[1], /expected object, received null/);
});

test('a long body is taken as it is, and refused with advice where it escapes halves of characters', async () => {
  const long = 'x'.repeat(100_000);
  assert.deepEqual(await post(JSON.stringify({ name: `${long}\u{1f600}` })), [200, `${long}\u{1f600}`]);
  const [status, detail] = await post(`{"name":"${long}\\uD83d"}`);
  assert.deepEqual([status, /send them as UTF-8/.test(detail)], [400, true], detail);
});
