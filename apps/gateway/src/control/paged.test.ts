// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import { paged } from './paged.ts';

const ROWS = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }));

/** A list of which nobody sees `c` and `d`. */
const app = new Hono().get('/', (context) =>
  paged(
    context,
    'r1',
    ({ after, limit }) => ROWS.filter(({ id }) => id > after).slice(0, limit),
    ({ id }) => (id === 'c' || id === 'd' ? undefined : { name: id }),
  ),
);

async function page(query: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await app.request(`/${query}`);
  return { status: answer.status, body: await answer.json() };
}

const names = (...all: readonly string[]) => all.map((name) => ({ name }));

test('a list comes in pages, each with where the next one begins, the last without', async () => {
  for (const [query, body] of [
    ['', { items: names('a', 'b', 'e') }],
    ['?limit=5', { items: names('a', 'b', 'e') }],
    ['?limit=2', { items: names('a', 'b'), next: 'b' }],
    ['?limit=2&after=b', { items: names('e') }],
    ['?limit=1&after=a', { items: names('b'), next: 'b' }],
    ['?after=e', { items: [] }],
  ] as const)
    assert.deepEqual(await page(query), { status: 200, body }, query);
});

test('what is no page is refused', async () => {
  for (const query of ['?limit=0', '?limit=1001', '?limit=x', '?before=a', `?after=${'a'.repeat(513)}`])
    assert.equal((await page(query)).status, 400, query);
});
