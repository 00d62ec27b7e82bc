// SPDX-License-Identifier: Apache-2.0
// Which requests are compared with those of plans; e2e/plans.test.ts has a real kubectl send them.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseRequest } from '@countersign/kube';
import { BodyJudge } from '../bodies/body-judge.ts';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { oneShotHmac } from '../one-shot-hmac.ts';
import { askingFor } from './approval-fixture.ts';
import { plannedFor } from './planned.ts';
import { boundMember, MAX_PLAN_BYTES, memberDigest, memberKey, planDigest, plannedRequest } from './planned-request.ts';

const hmac = oneShotHmac(Buffer.alloc(32, 1));
const effect = { digest: Buffer.alloc(32), object: undefined, summary: '', changes: [], omitted: 0 };
const { ttlSeconds: _, request: __, ...asked } = askingFor('');
const { requester, requirements } = asked;

const bodies = new BodyJudge();
after(() => bodies.close());

function exchangeOf(bytes: string, name = 'one'): Decided {
  return {
    cluster: 'lab',
    principal: { kind: 'agent', groups: [], ...requester },
    request: parseRequest('POST', '/api/v1/namespaces/demo/configmaps'),
    body: { format: 'json', bytes: Buffer.from(bytes), target: { name } },
    abort: new AbortController(),
    allowance: { spendRequests() {} },
  } as unknown as Decided;
}

/** A plan of one request, to make `one`; and how often plans were looked for. */
async function planOf(more: object = {}) {
  const planned = await plannedRequest(exchangeOf('{"data":{}}'), bodies);
  const member = {
    digest: memberDigest(hmac, boundMember(planned, effect, requirements)),
    request: memberKey(hmac, planned),
    action: 'create configmaps one in namespace demo',
    requirements,
    effect: asked.effect,
  };
  const value = {
    ...asked,
    state: 'approved',
    signatures: [],
    salt: '',
    card: '',
    askedAt: '',
    expiresAt: '',
    members: [member],
  } as const;
  const plan = { id: 'plan', version: 1, value: { ...value, digest: planDigest(hmac, value), ...more } };
  let looked = 0;
  const plansOf = async () => {
    looked += 1;
    return [plan];
  };
  const find = (asking: Decided) =>
    plannedFor(asking, requirements, {
      register: { plansOf },
      hmac,
      urlOf: () => undefined,
      bodies,
      effectOf: async () => effect,
    });
  return { find, looked: () => looked };
}

test('a request is found in a plan however its client spells its body, and another one is not', async () => {
  const { find } = await planOf();
  const found = await find(exchangeOf('{ "data": {}, "metadata": {"annotations": {}, "namespace": "demo"} }'));
  assert.equal(found, undefined, 'it has metadata');
  const same = await find(exchangeOf('{ "data": {} }'));
  assert.ok(same && !(same instanceof Fault));
  assert.equal(same.approval.id, 'plan');
});

test('the body of what is about another object than any of their plans is not looked at', async () => {
  const unreadable = 'not JSON';
  assert.equal(await (await planOf()).find(exchangeOf(unreadable, 'two')), undefined);
  for (const others of [{ cluster: 'prod' }, { requester: { ...requester, subject: 'other' } }])
    assert.equal(await (await planOf(others)).find(exchangeOf(unreadable)), undefined);
  await assert.rejects((await planOf()).find(exchangeOf(unreadable)), 'and what may be in one is');
});

test('what is longer than a plan may be, with what kubectl adds, is looked for in none', async () => {
  const { find, looked } = await planOf();
  assert.equal(await find(exchangeOf(' '.repeat(MAX_PLAN_BYTES * 2))), undefined);
  assert.equal(looked(), 0);
});
