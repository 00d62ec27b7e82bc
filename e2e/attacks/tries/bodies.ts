// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { Answer } from '../../installation/call.ts';
import { eventually } from '../../installation/eventually.ts';
import type { Field } from '../field.ts';
import { OF_FRONTED } from '../fronted-policies.ts';
import { type Try, triesOf } from '../try.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const CROWNS = '/apis/attacks.example.com/v1/crowns';
const SLOW_MS = 10_000;
/** So long others may wait on a machine that is busy with other things. */
const WAIT_MS = 500;

/** Asks as another agent until it is over, and says how long the longest answer took. */
async function longestBeside({ site }: Field, isOver: () => boolean): Promise<number> {
  const other = site.as('narrow', { cluster: 'lab' });
  let longestMs = 0;
  while (!isOver()) {
    const asked = performance.now();
    const { status, text } = await other.call('GET', CONFIG_MAPS);
    assert.equal(status, 200, text);
    longestMs = Math.max(longestMs, performance.now() - asked);
  }
  return longestMs;
}

/** A body that costs much is refused, as one of `statuses`; all the while others are answered. */
async function keepsServing(field: Field, attack: Promise<Answer>, statuses: readonly number[]): Promise<void> {
  const started = performance.now();
  let isOver = false;
  const refused = attack.finally(() => {
    isOver = true;
  });
  const [{ status, text }, longestMs] = await Promise.all([refused, longestBeside(field, () => isOver)]);
  const tookMs = performance.now() - started;
  assert.ok(statuses.includes(status), `${status} ${text.slice(0, 2_000)}`);
  assert.ok(tookMs < SLOW_MS, `${tookMs} ms`);
  // Where everything stands still for it, others wait about as long as it takes.
  assert.ok(longestMs < Math.max(WAIT_MS, tookMs / 2), `others waited ${longestMs} ms of ${tookMs}`);
}

/** What it costs to read an object before the API server hears of it: the namespace is none. */
function readsSlowly(field: Field, body: object): Promise<void> {
  return keepsServing(
    field,
    field.bot.call('POST', '/api/v1/namespaces/elsewhere/configmaps', { body }),
    [400, 403, 404],
  );
}

const bombs = triesOf(20, {
  'text that is all escapes': async (field) => {
    await readsSlowly(field, { metadata: { name: 'slow' }, data: { a: '\\'.repeat(1_500_000) } });
    await readsSlowly(field, { metadata: { name: 'slow' }, data: { a: '\\u'.repeat(700_000) } });
  },
  'labels without end': async (field) => {
    const labels = Object.fromEntries(Array.from({ length: 1_900 }, (_, i) => [`k${i}`, 'v'.repeat(1_400)]));
    await readsSlowly(field, { metadata: { name: 'slow', labels } });
  },
  'a JSON patch of 60,000 operations': async (field) => {
    const body = JSON.stringify(Array.from({ length: 60_000 }, () => ({ op: 'add', path: '/a', value: 1 })));
    const contentType = 'application/json-patch+json';
    const attack = field.bot.call('PATCH', `${CONFIG_MAPS}/settings?dryRun=All`, { body, contentType });
    await keepsServing(field, attack, [400, 403, 413, 422]);
  },
  'what is refused in words without end': async (field) => {
    const body = { metadata: { name: 'slow' }, ['a'.repeat(150_000)]: 1 };
    const attack = field.bot.call('POST', `${CONFIG_MAPS}?fieldValidation=Strict&dryRun=All`, { body });
    await keepsServing(field, attack, [400]);
  },
  'policies that are none: the last good ones stay': async (field) => {
    const { site } = field;
    const loaded = async () => (await site.records()).filter(({ record }) => record.type === 'policy.rejected').length;
    const before = await loaded();
    await site.writePolicies('fronted', 'permit (principal, action, resource) when { this is no policy');
    await eventually('the refusal is on record', async () => (await loaded()) > before);
    const answers = await Promise.all([
      site.as('narrow', { cluster: 'lab' }).call('GET', '/api/v1/nodes'),
      field.bot.call('GET', CONFIG_MAPS),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [403, 200],
    );
    await site.writePolicies('fronted', OF_FRONTED);
  },
});

const exact = triesOf(21, {
  'a number past 2^53 is stored as it was sent': async (field) => {
    const name = 'heavy';
    const body = `{"apiVersion":"attacks.example.com/v1","kind":"Crown","metadata":{"name":"${name}"},"spec":{"worth":9007199254740993}}`;
    const made = await field.bot.call('POST', CROWNS, { body });
    assert.equal(made.status, 201, made.text);
    const read = await field.bot.call('GET', `${CROWNS}/${name}`);
    assert.match(read.text, /"worth":9007199254740993[,}]/);
    await field.bot.call('DELETE', `${CROWNS}/${name}`);
  },
  'text is stored as it was judged, whatever YAML makes of its characters': async (field) => {
    const data = { odd: 'x \u0085 y\u2028z\u2029\u007f\ufeff\u009f', '\u0061': 'plain' };
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'odd' }, data };
    const contentType = 'application/apply-patch+yaml';
    const applied = await field.bot.call('PATCH', `${CONFIG_MAPS}/odd?fieldManager=e2e&force=true`, {
      body,
      contentType,
    });
    assert.ok(applied.status === 201 || applied.status === 200, applied.text);
    const { body: stored } = await field.site.lab('lab').admin.request('GET', `${CONFIG_MAPS}/odd`);
    assert.deepEqual(stored.data, data);
  },
  'keys that differ in case stay two': async (field) => {
    const body = { metadata: { name: 'cases' }, data: { Foo: '1', foo: '2' } };
    const made = await field.bot.call('POST', `${CONFIG_MAPS}?dryRun=All`, { body });
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(made.json.data, body.data);
  },
});

export const bodyTries: readonly Try[] = [...bombs, ...exact];
