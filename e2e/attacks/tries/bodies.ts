// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { eventually } from '../../installation/eventually.ts';
import type { Field } from '../field.ts';
import { OF_FRONTED } from '../fronted-policies.ts';
import { type Try, triesOf } from '../try.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const CROWNS = '/apis/attacks.example.com/v1/crowns';
const SLOW_MS = 10_000;

/** Bodies that cost a parser much; the gateway answers others meanwhile. */
async function keepsServing(field: Field, body: object): Promise<void> {
  const refused = field.bot.call('POST', '/api/v1/namespaces/elsewhere/configmaps', { body });
  const started = performance.now();
  assert.equal((await fetch(`${field.site.health}/livez`)).status, 200);
  assert.ok([400, 403, 404].includes((await refused).status));
  assert.ok(performance.now() - started < SLOW_MS);
}

const bombs = triesOf(20, {
  'text that is all escapes': async (field) => {
    await keepsServing(field, { metadata: { name: 'slow' }, data: { a: '\\'.repeat(1_500_000) } });
    await keepsServing(field, { metadata: { name: 'slow' }, data: { a: '\\u'.repeat(700_000) } });
  },
  'labels without end': async (field) => {
    const labels = Object.fromEntries(Array.from({ length: 1_900 }, (_, i) => [`k${i}`, 'v'.repeat(1_400)]));
    await keepsServing(field, { metadata: { name: 'slow', labels } });
  },
  'a JSON patch of 60,000 operations': async (field) => {
    const body = JSON.stringify(Array.from({ length: 60_000 }, () => ({ op: 'add', path: '/a', value: 1 })));
    const contentType = 'application/json-patch+json';
    const { status } = await field.bot.call('PATCH', `${CONFIG_MAPS}/settings?dryRun=All`, { body, contentType });
    assert.ok(status >= 400 && status < 500, `${status}`);
  },
  'what is refused in words without end': async (field) => {
    const body = { metadata: { name: 'slow' }, ['a'.repeat(150_000)]: 1 };
    const started = performance.now();
    const refused = field.bot.call('POST', `${CONFIG_MAPS}?fieldValidation=Strict&dryRun=All`, { body });
    assert.equal((await fetch(`${field.site.health}/livez`)).status, 200);
    assert.equal((await refused).status, 400);
    assert.ok(performance.now() - started < SLOW_MS);
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
