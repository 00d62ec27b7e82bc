// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GrantQuestion, grantBodyOf, whatIsMissing } from './grant-question.ts';

const question: GrantQuestion = {
  agent: 'worker',
  cluster: 'lab',
  verbs: ['delete'],
  resources: 'configmaps, pods',
  namespaces: 'demo',
  clusterWide: false,
  names: '',
  labels: ' app=web tier=a,app=web ',
  minutes: '15',
  reason: 'tidy up',
};

test('words are told apart by commas and blanks, and what is left out is not asked for', () => {
  assert.deepEqual(grantBodyOf(question), {
    agent: 'worker',
    cluster: 'lab',
    verbs: ['delete'],
    resources: ['configmaps', 'pods'],
    namespaces: ['demo'],
    labels: ['app=web', 'tier=a'],
    seconds: 900,
    reason: 'tidy up',
  });
  const wide = grantBodyOf({ ...question, namespaces: '', clusterWide: true, names: 'a b', labels: '' });
  assert.deepEqual(
    Object.entries(wide).filter(([name]) => /name|label/.test(name)),
    [
      ['namespaces', ['']],
      ['names', ['a', 'b']],
    ],
  );
});

test('what is missing is said', () => {
  assert.equal(whatIsMissing(question), undefined);
  assert.equal(whatIsMissing({ ...question, namespaces: '', clusterWide: true }), undefined);
  for (const [more, words] of [
    [{ verbs: [] }, /verb/],
    [{ resources: ' , ' }, /resources/],
    [{ namespaces: '' }, /namespaces/],
    [{ minutes: '' }, /minutes/],
    [{ minutes: '0' }, /minutes/],
    [{ minutes: '1.5' }, /minutes/],
  ] as const)
    assert.match(whatIsMissing({ ...question, ...more }) ?? '', words);
});
