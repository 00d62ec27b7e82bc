// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseJson } from '@countersign/kube';
import { noChange, objectChange } from '@countersign/policy';
import type { Asker } from '../apart/fair-thread.ts';
import { countTurns } from '../count-turns-for-tests.ts';
import { BodyJudge } from './body-judge.ts';
import { seeObject } from './see-object.ts';

const judge = new BodyJudge();
after(() => judge.close());

const ASKER: Asker = { agent: 'a', signal: new AbortController().signal, spendMs() {} };
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

const widget = (spec: unknown) =>
  bytesOf({ apiVersion: 'a.b/v1', kind: 'Widget', metadata: { uid: 'u', resourceVersion: '7' }, spec });
const fills = objectChange('merge-patch', parseJson(bytesOf({ spec: { object: { data: {} } } })), { group: 'a.b' });

test('a large object is seen as a small one is, in another thread', async () => {
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x' };
  for (const object of [reference, { ...reference, apiVersion: '' }, undefined]) {
    for (const filler of ['', 'x'.repeat(100_000)]) {
      const live = widget({ filler, object });
      const question = { live, change: fills };
      const here = seeObject({ ...question, live: Buffer.from(live) });
      assert.deepEqual(await judge.see(question, ASKER), here);
      assert.ok(here.kind === 'seen');
      assert.deepEqual(here.seen, { uid: 'u', resourceVersion: '7' });
      assert.equal(here.live.fillsManifest, object === reference);
    }
  }
});

test('what is no object with a uid is not seen, whichever its length', async () => {
  for (const live of [Buffer.from('{'), bytesOf({ metadata: {} }), bytesOf({ a: 'x'.repeat(100_000) })]) {
    const sighting = await judge.see({ live, change: noChange }, ASKER);
    assert.equal(sighting.kind, 'unreadable');
  }
});

test('a large object keeps nobody else waiting', async () => {
  const objects = Array.from({ length: 20_000 }, (_, at) => ({ name: `n${at}`, value: 'x' }));
  const question = { live: widget({ objects }), change: fills };
  const turns = await countTurns(async () => assert.equal((await judge.see(question, ASKER)).kind, 'seen'));
  assert.ok(turns > 3, `${turns} turns`);
});
