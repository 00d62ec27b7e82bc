// SPDX-License-Identifier: Apache-2.0
// Which objects a deletecollection is found to be of; e2e/collections.test.ts asks a real API server.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { laneOf, parseRequest } from '@countersign/kube';
import { judgeBody } from '../bodies/judge-body.ts';
import { Fault } from '../faults.ts';
import { oneShotHmac } from '../one-shot-hmac.ts';
import type { UpstreamRequest } from '../tunnel/clusters.ts';
import { type CollectionExchange, collectionEffect } from './collection-effect.ts';
import type { Effect } from './effect.ts';
import { EffectJudge } from './effect-judge.ts';
import { type DryRunParts, KnownDryRuns } from './honours-dry-run.ts';
import { pageIn } from './listed-objects.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const KEY = new Uint8Array(32).fill(7);
const hmac = oneShotHmac(KEY);
const effects = new EffectJudge(KEY);

function exchangeOf(target: string, body?: object, more: object = {}): CollectionExchange {
  const request = parseRequest('DELETE', target);
  const question = {
    request,
    contentType: 'application/json',
    bytes: Buffer.from(JSON.stringify(body ?? {})),
    isReview: false,
  };
  const verdict = body ? judgeBody(question) : undefined;
  assert.notEqual(verdict?.kind, 'refused');
  const judged = verdict?.kind === 'judged' ? verdict.body : undefined;
  return {
    id: 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0001',
    cluster: 'lab',
    request,
    lane: laneOf(request),
    body: judged,
    principal: { id: 'worker', act: [] },
    upstreamGroups: [],
    headers: {},
    abort: new AbortController(),
    hold: { take: () => undefined, giveBack: () => undefined },
    allowance: { spendRequests: () => undefined },
    ...more,
  } as unknown as CollectionExchange;
}

interface Item {
  readonly name: string;
  readonly uid: string;
  readonly namespace?: string;
}

const named = (count: number): Item[] =>
  Array.from({ length: count }, (_, at) => ({ name: `x${at}`, uid: `u${at}`, namespace: 'demo' }));

/** An API server with these objects, which gives them in pages of its own. */
function clusterOf(items: readonly Item[], pageSize = 1_000) {
  const asked: UpstreamRequest[] = [];
  const answer = (status: number, value: object) => ({
    status,
    headers: [['content-type', 'application/json']] as const,
    body: Readable.from([Buffer.from(JSON.stringify(value))]),
  });
  const list = (query: URLSearchParams) => {
    const from = Number(query.get('continue') ?? 0);
    const page = items.slice(from, from + Math.min(pageSize, Number(query.get('limit') ?? 1_000)));
    const next = from + page.length;
    return {
      items: page.map((metadata) => ({ metadata })),
      metadata: next < items.length ? { continue: String(next) } : {},
    };
  };
  const request = async (_: string, wanted: UpstreamRequest) => {
    asked.push(wanted);
    const { searchParams } = new URL(wanted.target, 'https://lab');
    return wanted.method === 'DELETE'
      ? answer(200, { kind: 'ConfigMapList', items: [] })
      : answer(200, list(searchParams));
  };
  const clusters = { request, upgrade: () => assert.fail('upgraded'), connected: () => [] };
  const log = { append: async () => ({ index: 0 }) } as unknown as DryRunParts['log'];
  const dryRuns = new KnownDryRuns(() => 0);
  return { asked, parts: { hmac, effects, clusters, log, dryRuns } as DryRunParts };
}

async function effectOn(items: readonly Item[], exchange = exchangeOf(CONFIG_MAPS)): Promise<Effect | Fault> {
  return collectionEffect(clusterOf(items).parts)(exchange);
}

async function found(...given: Parameters<typeof effectOn>): Promise<Effect> {
  const effect = await effectOn(...given);
  if (effect instanceof Fault) assert.fail(effect.message);
  return effect;
}

async function refused(...given: Parameters<typeof effectOn>): Promise<Fault> {
  const effect = await effectOn(...given);
  return effect instanceof Fault ? effect : assert.fail(effect.summary);
}

test('nothing but dry runs and lists is asked, of what the request selects, as a dry run in the body too', async () => {
  const { asked, parts } = clusterOf(named(45), 15);
  const selecting = '?labelSelector=app%3Dweb&fieldSelector=metadata.name%21%3Dy&gracePeriodSeconds=5';
  const effect = await collectionEffect(parts)(exchangeOf(`${CONFIG_MAPS}${selecting}`));
  assert.ok(!(effect instanceof Fault) && effect.objects?.length === 45);
  const dryRun = asked.at(-1);
  assert.deepEqual(
    asked.map(({ method }) => method),
    ['GET', 'GET', 'GET', 'DELETE'],
  );
  const queries = asked.map(({ target }) => new URL(target, 'https://lab').searchParams);
  for (const query of queries) {
    assert.deepEqual([query.get('labelSelector'), query.get('fieldSelector')], ['app=web', 'metadata.name!=y']);
  }
  assert.deepEqual([queries.at(-1)?.get('dryRun'), queries.at(-1)?.get('limit')], ['All', '101']);
  assert.deepEqual(JSON.parse(Buffer.from(dryRun?.body ?? []).toString()), {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    gracePeriodSeconds: 5,
    dryRun: ['All'],
  });
  assert.match(effect.summary, /grace period 5 seconds; of those with labels app=web; of those with fields metadata/);
});

test('what is approved is which objects, in whatever order they come', async () => {
  const [a, b] = named(2) as [Item, Item];
  const digest = async (...items: Item[]) => Buffer.from((await found(items)).digest).toString('hex');
  const approved = await digest(a, b);
  assert.equal(await digest(b, a), approved);
  const others = await Promise.all([
    digest(a),
    digest(a, { ...b, uid: 'u3' }),
    digest(a, { ...b, name: 'x3' }),
    digest(a, b, { name: 'x3', uid: 'u3', namespace: 'demo' }),
  ]);
  assert.equal(new Set([approved, ...others]).size, 5);
  assert.deepEqual((await found([b, a])).changes, [
    { path: 'demo/x0', before: 'uid u0' },
    { path: 'demo/x1', before: 'uid u1' },
  ]);
});

test('a hundred can be looked through, not one more; the first ones where the request says so', async () => {
  assert.equal((await found(named(100))).objects?.length, 100);
  assert.match((await refused(named(101))).message, /more than 100 objects/);
  const limited = (limit: number) => exchangeOf(`${CONFIG_MAPS}?limit=${limit}`);
  assert.equal((await found(named(500), limited(100))).objects?.length, 100);
  assert.equal((await found(named(500), limited(1))).objects?.length, 1);
  for (const limit of [101, 0, -1]) assert.match((await refused(named(500), limited(limit))).message, /more than 100/);
  const empty = await collectionEffect(clusterOf(named(30), 0).parts)(exchangeOf(CONFIG_MAPS));
  assert.ok(empty instanceof Fault, 'an API server that leaves its pages empty is not asked for ever');
});

test('a list that names an object twice is not understood', async () => {
  const [a, b] = named(2) as [Item, Item];
  assert.match((await refused([a, b, a])).message, /names an object twice/);
  assert.match((await refused([a, b, { ...a, uid: 'u3' }])).message, /names an object twice/);
});

test('what is not of now, has too many words, or is nothing is refused, and so is what its preconditions exclude', async () => {
  for (const query of ['continue=x', 'resourceVersion=7', 'resourceVersionMatch=Exact&resourceVersion=0'])
    assert.match((await refused(named(1), exchangeOf(`${CONFIG_MAPS}?${query}`))).message, /was there before/);
  assert.ok(await found(named(1), exchangeOf(`${CONFIG_MAPS}?resourceVersion=0`)));
  const long = exchangeOf(CONFIG_MAPS, { preconditions: { uid: 'u'.repeat(5_000) } });
  assert.match((await refused(named(1), long)).message, /options are longer/);
  const none = await refused([]);
  assert.deepEqual([none.code, none.row.status], ['ERR_EFFECT_REFUSED', 404]);
  const excluded = await refused(named(2), exchangeOf(CONFIG_MAPS, { preconditions: { uid: 'u0' } }));
  assert.deepEqual([excluded.code, excluded.row.status], ['ERR_EFFECT_CHANGED', 409]);
  assert.ok(await found(named(1), exchangeOf(CONFIG_MAPS, { preconditions: { uid: 'u0' } })));
});

test('what to answer is kept once it is settled what the caller takes, and in that form', async () => {
  assert.equal((await found(named(1))).answer, undefined);
  const { asked, parts } = clusterOf(named(1));
  const effect = await collectionEffect(parts)(exchangeOf(CONFIG_MAPS, undefined, { accept: 'application/yes' }));
  assert.ok(!(effect instanceof Fault));
  assert.equal(effect.answer?.status, 200);
  assert.deepEqual(asked[0]?.headers.find(([name]) => name === 'accept')?.[1], 'application/yes');
});

test('what could not be answered once it is done is refused before anybody is asked', async () => {
  const { parts } = clusterOf(named(1));
  const body = () => Readable.from(Array.from({ length: 9 }, () => Buffer.alloc(1_024 * 1_024)));
  const request = async (cluster: string, wanted: UpstreamRequest) =>
    wanted.method === 'DELETE' ? { status: 200, headers: [], body: body() } : parts.clusters.request(cluster, wanted);
  const effect = await collectionEffect({ ...parts, clusters: { ...parts.clusters, request } })(
    exchangeOf(CONFIG_MAPS),
  );
  assert.ok(effect instanceof Fault && effect.code === 'ERR_EFFECT_UNKNOWN');
  assert.match(effect.message, /too much to answer with; delete fewer at a time/);
});

test('each page and each object of a dry run is a request of the limit, and what is too much costs no dry run', async () => {
  const spent = async (count: number) => {
    const { asked, parts } = clusterOf(named(count));
    let requests = 0;
    const allowance = {
      spendRequests: (more: number) => {
        requests += more;
      },
    };
    await collectionEffect(parts)(exchangeOf(CONFIG_MAPS, undefined, { allowance }));
    return [requests, asked.filter(({ method }) => method === 'DELETE').length];
  };
  assert.deepEqual(await spent(45), [3 + 45, 1]);
  assert.deepEqual(await spent(500), [6, 0]);
});

test('of what is read, no more is held than what is kept to be answered', async () => {
  const heldFor = async (more: object) => {
    let held = 0;
    const hold = {
      take: (bytes: number) => {
        held += bytes;
      },
      giveBack: (bytes: number) => {
        held -= bytes;
      },
    };
    const effect = await collectionEffect(clusterOf(named(45)).parts)(
      exchangeOf(CONFIG_MAPS, undefined, { hold, ...more }),
    );
    assert.ok(!(effect instanceof Fault));
    assert.equal(held, effect.answer?.bytes.length ?? 0);
    return held > 0;
  };
  assert.deepEqual([await heldFor({}), await heldFor({ accept: 'application/json' })], [false, true]);
});

test('an API that does not say that it knows dry runs is asked for none', async () => {
  const { asked, parts } = clusterOf(named(1));
  const effect = await collectionEffect(parts)(
    exchangeOf('/apis/wardle.example.com/v1alpha1/namespaces/demo/flunders'),
  );
  assert.ok(effect instanceof Fault && effect.code === 'ERR_EFFECT_UNKNOWN');
  assert.deepEqual(
    asked.map(({ method, target }) => `${method} ${target}`),
    ['GET /openapi/v3/apis/wardle.example.com/v1alpha1'],
  );
});

test('a list is understood as a whole, or not at all', () => {
  const request = exchangeOf(CONFIG_MAPS).request;
  assert.ok(request.kind === 'resource');
  const page = (value: unknown) => pageIn(Buffer.from(JSON.stringify(value)), request);
  const good = { name: 'a', uid: 'u', namespace: 'demo' };
  const list = (metadata: object) => ({ items: [{ metadata: good }, { metadata }] });
  const ok = page(list({ ...good, name: 'b' }));
  assert.ok(!(ok instanceof Fault) && ok.objects.length === 2 && ok.next === '');
  assert.ok(!(page({ items: null }) instanceof Fault), 'an empty list');
  const bad = [
    ...['..', '.', '', 'a/b', 'a%2fb', 'a\n', 'x'.repeat(254)].map((name) => list({ ...good, name })),
    ...['', 'a b', 7].map((uid) => list({ ...good, uid })),
    list({ ...good, namespace: 'other' }),
    list({ name: 'a', uid: 'u' }),
    { items: [null] },
    { items: {} },
    { kind: 'Status' },
    { ...list(good), metadata: { continue: 7 } },
    null,
  ];
  for (const one of bad) assert.ok(page(one) instanceof Fault, JSON.stringify(one)?.slice(0, 80));
  assert.ok(pageIn(Buffer.from('{"items":['), request) instanceof Fault);
  assert.ok(pageIn(Buffer.alloc(600_000, ' '), request) instanceof Fault);
});
