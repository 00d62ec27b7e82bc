// SPDX-License-Identifier: Apache-2.0
// What is found out without asking anybody; e2e/effects.test.ts asks a real API server.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { laneOf, type Method, parseJson, parseRequest } from '@countersign/kube';
import { BodyJudge } from '../bodies/body-judge.ts';
import { judgeBody } from '../bodies/judge-body.ts';
import { longestTurnMs } from '../count-turns-for-tests.ts';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { oneShotHmac } from '../one-shot-hmac.ts';
import type { UpstreamResponse } from '../tunnel/clusters.ts';
import { describeEffect } from './describe-effect.ts';
import type { Document, Effect, Outcome } from './effect.ts';
import { changesOf, effectDigest } from './effect-digest.ts';
import { EffectJudge } from './effect-judge.ts';
import { effectOf } from './effect-of.ts';
import { type DryRunParts, KnownDryRuns } from './honours-dry-run.ts';
import { withPreconditions } from './with-preconditions.ts';
import { writeOf } from './write-of.ts';

const SECRET = '/api/v1/namespaces/demo/secrets/database';
const KEY = new Uint8Array(32).fill(7);
const hmac = oneShotHmac(KEY);
const effects = new EffectJudge(KEY);
const nobody: DryRunParts = {
  hmac,
  effects,
  dryRuns: new KnownDryRuns(() => 0),
  clusters: { request: () => assert.fail('asked'), upgrade: () => assert.fail('asked'), connected: () => [] },
  log: { append: () => assert.fail('logged') } as unknown as DryRunParts['log'],
};

after(() => effects.close());

function exchangeOf(method: Method, target: string, body?: object, contentType = 'application/json'): Decided {
  const request = parseRequest(method, target);
  const question = { request, contentType, bytes: Buffer.from(JSON.stringify(body ?? {})), isReview: false };
  const verdict = body ? judgeBody(question) : undefined;
  assert.notEqual(verdict?.kind, 'refused');
  const judged = verdict?.kind === 'judged' ? verdict.body : undefined;
  const sender = { principal: { id: 'worker' }, abort: new AbortController(), allowance: { spendRequests() {} } };
  return { cluster: 'lab', request, lane: laneOf(request), body: judged, ...sender } as unknown as Decided;
}

function documentOf(value: object): Document {
  const bytes = Buffer.from(JSON.stringify(value));
  return { bytes, value: parseJson(bytes) };
}

function outcomeOf(exchange: Decided, before: object | undefined, after: object | undefined): Outcome {
  const write = writeOf(exchange);
  assert.ok(!(write instanceof Fault));
  return { write, before: before && documentOf(before), after: after && documentOf(after) };
}

const digestOf = (outcome: Outcome) => Buffer.from(effectDigest(outcome, changesOf(outcome), hmac)).toString('hex');

test('what a dry run does not tell is refused before anybody is asked', async () => {
  const refused: readonly (readonly [Method, string, object?])[] = [
    ['POST', '/api/v1/namespaces/demo/serviceaccounts/default/token', { spec: {} }],
    ['POST', '/api/v1/namespaces/demo/pods/x/binding', { target: { name: 'n' } }],
    ['DELETE', '/api/v1/namespaces/demo/pods'],
    ['GET', '/api/v1/namespaces/demo/pods/x'],
    ['POST', '/api/v1/namespaces/demo/pods/x/exec?command=id'],
  ];
  for (const [method, target, body] of refused) {
    const effect = await effectOf(nobody)(exchangeOf(method, target, body));
    assert.ok(effect instanceof Fault && effect.code === 'ERR_EFFECT_UNKNOWN', target);
  }
});

const data = (password: string) => ({ password: Buffer.from(password).toString('base64') });
const secret = (password: string, more: object = {}) => ({
  kind: 'Secret',
  metadata: { namespace: 'demo', name: 'database', uid: 'u', resourceVersion: '1' },
  data: data(password),
  ...more,
});

test('an approver sees that a value changes, and not the value', () => {
  const exchange = exchangeOf('PATCH', SECRET, { data: data('second-value') }, 'application/merge-patch+json');
  const outcome = outcomeOf(exchange, secret('first-value'), secret('second-value'));
  const { changes, omitted, summary } = describeEffect(exchange, outcome, changesOf(outcome), hmac);
  assert.deepEqual(changes, [{ path: 'data.password', before: '(masked)', after: '(masked)' }]);
  assert.deepEqual([omitted, summary], [0, 'patch secrets database in namespace demo; changes one field']);
});

test('what is approved is bound to the value itself', () => {
  const exchange = exchangeOf('PATCH', SECRET, { data: data('second-value') }, 'application/merge-patch+json');
  const approved = digestOf(outcomeOf(exchange, secret('first-value'), secret('second-value')));
  const touched = { status: { a: 1 }, metadata: { ...secret('').metadata, resourceVersion: '2', generation: 3 } };
  const later = outcomeOf(exchange, secret('first-value', touched), secret('second-value', touched));
  assert.equal(digestOf(later), approved);
  const others = [
    outcomeOf(exchange, secret('other-value'), secret('second-value')),
    outcomeOf(exchange, secret('first-value'), secret('third-value')),
    outcomeOf(exchange, undefined, secret('second-value')),
    outcomeOf(exchangeOf('DELETE', SECRET), secret('first-value'), undefined),
    outcomeOf(
      exchange,
      secret('first-value', { metadata: { uid: 'v' } }),
      secret('second-value', { metadata: { uid: 'v' } }),
    ),
  ];
  assert.equal(new Set([approved, ...others.map(digestOf)]).size, others.length + 1);
});

const WIDGET = '/apis/example.org/v1/namespaces/demo/widgets/x';
const widget = (state: object) => ({ kind: 'Widget', metadata: { name: 'x', uid: 'u' }, ...state });

test('a status counts where the write may write it, whatever its path says of that', () => {
  // Of a custom resource without a status subresource, the status is a field like any other.
  const [before, after] = [
    widget({ spec: 1, status: { trusted: false } }),
    widget({ spec: 2, status: { trusted: true } }),
  ];
  const merge = exchangeOf('PATCH', WIDGET, { spec: 2, status: { trusted: true } }, 'application/merge-patch+json');
  const setting = (path: string) => [
    { op: 'replace', path: '/spec', value: 2 },
    { op: 'replace', path, value: true },
  ];
  const patched = (path: string) => exchangeOf('PATCH', WIDGET, setting(path), 'application/json-patch+json');
  for (const exchange of [merge, patched('/status/trusted'), patched('/status'), patched('')])
    assert.equal(changesOf(outcomeOf(exchange, before, after)).length, 2);
  const spec = exchangeOf('PATCH', WIDGET, { spec: 2 }, 'application/merge-patch+json');
  for (const exchange of [spec, patched('/statusless')])
    assert.equal(
      changesOf(outcomeOf(exchange, before, after)).length,
      1,
      'what its controller writes meanwhile does not count',
    );
});

test('many changes are counted, and the first of them shown', () => {
  const exchange = exchangeOf('DELETE', '/api/v1/namespaces/demo/configmaps/x');
  const keys = Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 'v'.repeat(300)]);
  const outcome = outcomeOf(exchange, { metadata: { uid: 'u' }, data: Object.fromEntries(keys) }, undefined);
  const { changes, omitted } = describeEffect(exchange, outcome, changesOf(outcome), hmac);
  assert.ok(changes.length > 40 && changes.length <= 100, String(changes.length));
  assert.equal(changes.length + omitted, 5_001, 'all that is shown is shown whole');
  assert.ok(JSON.stringify(changes).length < 20_000);
});

test('a removal says how: what is spared, and how much time is left', () => {
  const summaryOf = (query: string, body?: object) => {
    const exchange = exchangeOf('DELETE', `/api/v1/namespaces/demo/pods/x${query}`, body);
    const outcome = outcomeOf(exchange, { metadata: { uid: 'u' } }, undefined);
    return describeEffect(exchange, outcome, changesOf(outcome), hmac).summary;
  };
  assert.equal(summaryOf(''), 'delete pods x in namespace demo; uid u; propagation as is usual for its kind');
  const forced = /; propagation as is usual for its kind; grace period 0 seconds$/;
  assert.match(summaryOf('?gracePeriodSeconds=0'), forced);
  assert.match(summaryOf('', { gracePeriodSeconds: 0 }), forced);
  assert.match(summaryOf('', { orphanDependents: true }), /; propagation Orphan$/);
  assert.match(summaryOf('?orphanDependents=false'), /; propagation Background$/);
});

test('an apply by force says so', () => {
  const summaryOf = (query: string) => {
    const exchange = exchangeOf(
      'PATCH',
      `/api/v1/namespaces/demo/configmaps/x${query}`,
      {},
      'application/apply-patch+yaml',
    );
    const outcome = outcomeOf(exchange, { metadata: { uid: 'u' } }, { metadata: { uid: 'u' }, data: { a: 'b' } });
    return describeEffect(exchange, outcome, changesOf(outcome), hmac).summary;
  };
  assert.match(summaryOf('?fieldManager=a&force=true'), /; by force: it takes over fields that others manage$/);
  assert.doesNotMatch(summaryOf('?fieldManager=a&force=false'), /force/);
});

test('a removal that takes other objects along says which', () => {
  const summaryOf = (target: string, live: object) => {
    const exchange = exchangeOf('DELETE', target);
    const outcome = outcomeOf(exchange, { metadata: { uid: 'u' }, ...live }, undefined);
    return describeEffect(exchange, outcome, changesOf(outcome), hmac).summary;
  };
  assert.match(
    summaryOf('/api/v1/namespaces/demo?propagationPolicy=Orphan', {}),
    /^delete namespaces demo.*; EVERYTHING IN THE NAMESPACE is deleted with it: .*; uid u; propagation Orphan$/,
  );
  const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.org';
  const spec = { group: 'example.org', names: { kind: 'Widget', plural: 'widgets' } };
  assert.match(
    summaryOf(definition, { spec }),
    /; EVERY Widget \(widgets\.example\.org\) of it, in all namespaces, is deleted with it; uid u/,
  );
  assert.match(summaryOf(definition, {}), /; EVERY custom resource of it, in all namespaces, is deleted with it/);
  assert.doesNotMatch(summaryOf('/apis/example.org/v1/namespaces/x', {}), /EVERY/, 'of another group by that name');
});

test('a change that is shown, but not to its end, is counted with those that are not', () => {
  const exchange = exchangeOf('DELETE', '/api/v1/namespaces/demo/configmaps/x');
  const hidden = { short: 'seen', long: `${'x'.repeat(2_000)}; rm -rf /` };
  const outcome = outcomeOf(exchange, { metadata: { uid: 'u' }, data: hidden }, undefined);
  const { changes, omitted } = describeEffect(exchange, outcome, changesOf(outcome), hmac);
  assert.deepEqual([changes.length, omitted], [3, 1]);
});

test('what goes on names the object, and nothing else of it changes', async (t) => {
  const bodies = new BodyJudge();
  t.after(() => bodies.close());
  const object = { uid: 'u', resourceVersion: '5' };
  const removal = await withPreconditions(
    exchangeOf('DELETE', `${SECRET}?propagationPolicy=Orphan`),
    { object },
    bodies,
  );
  assert.ok(!(removal instanceof Fault));
  assert.deepEqual(JSON.parse(Buffer.from(removal.body?.bytes ?? []).toString()), {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    propagationPolicy: 'Orphan',
    preconditions: object,
  });
  assert.deepEqual(removal.request.query, []);
  const create = exchangeOf('POST', '/api/v1/namespaces/demo/secrets', secret('first-value'));
  assert.equal(await withPreconditions(create, { object: undefined }, bodies), create);
  for (const length of [10, 100_000]) {
    const put = exchangeOf('PUT', SECRET, secret('x'.repeat(length)));
    const bound = await withPreconditions(put, { object }, bodies);
    assert.ok(!(bound instanceof Fault));
    const [before, after] = [put, bound].map(({ body }) => JSON.parse(Buffer.from(body?.bytes ?? []).toString()));
    assert.deepEqual(after, { ...before, metadata: { ...before.metadata, ...object } });
  }
});

test('what a group says of dry runs is asked for once in a while, not for each write', async () => {
  const paths = {
    '/apis/shop.example.com/v1/namespaces/{namespace}/orders': { post: { parameters: [{ name: 'dryRun' }] } },
  };
  const targets: string[] = [];
  const clusters: DryRunParts['clusters'] = {
    ...nobody.clusters,
    request: async (_, { target }) => {
      targets.push(target);
      const isOpenApi = target.startsWith('/openapi/');
      const body = Readable.from([Buffer.from(JSON.stringify(isOpenApi ? { paths } : {}))]);
      return { status: isOpenApi ? 200 : 500, headers: {}, body } as unknown as UpstreamResponse;
    },
  };
  const find = effectOf({
    ...nobody,
    clusters,
    log: { append: async () => undefined } as unknown as DryRunParts['log'],
  });
  const orders = '/apis/shop.example.com/v1/namespaces/demo/orders';
  for (let writes = 0; writes < 3; writes += 1) {
    const exchange = exchangeOf('POST', orders, { kind: 'Order', metadata: { name: 'one' } });
    const more = {
      upstreamGroups: [],
      headers: {},
      abort: new AbortController(),
      hold: { take: () => undefined },
      principal: { id: 'worker' },
    };
    assert.ok((await find({ ...exchange, ...more } as unknown as Decided)) instanceof Fault);
  }
  assert.deepEqual(
    targets.map((target) => target.split('?')[0]),
    ['/openapi/v3/apis/shop.example.com/v1', orders, orders, orders],
  );
});

test('what a write of a megabyte would do keeps nobody waiting, and is counted against its agent', async () => {
  const keys = (value: string) => Array.from({ length: 45_000 }, (_, at) => [`key-${at}`, `${value}-${at}`]);
  const state = (value: string) => ({
    metadata: { name: 'x', uid: 'u', resourceVersion: '1' },
    data: Object.fromEntries(keys(value)),
  });
  const answers = [state('before'), state('after')].map((one) => Buffer.from(JSON.stringify(one)));
  const request = async () => ({ status: 200, headers: {}, body: Readable.from([answers.shift()]) });
  const parts = {
    ...{ hmac, effects },
    clusters: { request },
    log: { append: async () => undefined },
  } as unknown as DryRunParts;
  let spent = 0;
  const exchange = {
    ...exchangeOf('PUT', '/api/v1/namespaces/demo/configmaps/x', state('after')),
    ...{ upstreamGroups: [], headers: {}, hold: { take: () => undefined }, made: { decision: { effect: 'ask' } } },
    allowance: { spendRequests: (more: number) => (spent += more) },
  } as unknown as Decided;
  let effect: Effect | Fault | undefined;
  const longest = await longestTurnMs(async () => {
    effect = await effectOf(parts)(exchange);
  });
  assert.ok(effect && !(effect instanceof Fault));
  assert.equal(effect.summary, 'update configmaps x in namespace demo; changes 45000 fields');
  // Here it would be a second; a collection of garbage is well below.
  assert.ok(longest < 200, `${longest} ms in one turn`);
  assert.ok(spent > 20, `${spent} requests`);
});
