// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { after, test } from 'node:test';
import { parseRequest } from '@countersign/kube';
import { BodyJudge } from '../bodies/body-judge.ts';
import type { Parsed } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { HeldBytes, type Hold } from '../limits/held-bytes.ts';
import { gather } from './gather.ts';

const MEBIBYTE = 1_048_576;
const judge = new BodyJudge();
const run = gather({ maxBytes: 3 * MEBIBYTE, timeoutMs: 10_000 }, judge);
after(() => judge.close());

/** What becomes of a ConfigMap whose data is `data`, for an exchange that holds its memory by `hold`. */
async function outcome(data: string, hold: Hold): Promise<string> {
  const body = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":${data}}`;
  const exchange = {
    request: parseRequest('POST', '/api/v1/namespaces/demo/configmaps'),
    headers: { contentType: 'application/json' },
    incoming: { hasBody: true, headers: [], body: Readable.from([Buffer.from(body)], { objectMode: false }) },
    allowance: { spend() {}, spendRequests() {} },
    hold,
    principal: { id: 'a' },
    abort: new AbortController(),
  } as unknown as Parsed;
  const result = await run(exchange);
  return result instanceof Fault ? result.code : 'gathered';
}

test('a body takes room while its exchange lasts, as it came and as it goes on', async () => {
  const held = new HeldBytes(40 * MEBIBYTE);
  const first = held.open('a');
  assert.equal(await outcome(`{"b":"${'x'.repeat(2 * MEBIBYTE)}"}`, first), 'gathered');
  const second = held.open('a');
  assert.equal(await outcome(`{"b":"${'x'.repeat(2 * MEBIBYTE)}"}`, second), 'gathered');
  assert.equal(await outcome(`{"b":"${'x'.repeat(2 * MEBIBYTE)}"}`, held.open('a')), 'ERR_LIMIT_BODIES');
  first.release();
  second.release();
  const empty = `[${'{},'.repeat(60_000)}{}]`;
  assert.equal(await outcome(empty, held.open('a')), 'gathered', 'what it was parsed into is gone');
});

test('an exchange that is ended while its body comes does not wait for the rest', async () => {
  for (const isEarly of [true, false]) {
    const abort = new AbortController();
    const locked = new Fault('ERR_AGENT_LOCKED');
    const incoming = { hasBody: true, headers: [], body: new PassThrough() };
    const hold = new HeldBytes(40 * MEBIBYTE).open('a');
    if (isEarly) abort.abort(locked);
    const gathering = run({ incoming, headers: {}, abort, hold, principal: { id: 'a' } } as unknown as Parsed);
    abort.abort(locked);
    assert.equal(await gathering, locked);
    // Nor does it take anything more of it.
    assert.equal(incoming.body.listenerCount('data'), 0);
  }
});
