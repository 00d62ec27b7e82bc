// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { riskWords } from './risk-words.ts';

const of = (action: string, omitted = 0) =>
  riskWords({ action, effect: { omitted } }).map((words) => words.split(':')[0]);

test('deletes, Secrets, rights, the cluster itself and what is not shown are said; nothing else is', () => {
  assert.deepEqual(of('patch configmaps settings in namespace demo'), []);
  assert.deepEqual(of('delete secrets db in namespace demo'), ['It deletes', 'It is about a Secret']);
  assert.deepEqual(of('create serviceaccounts/token builder in namespace demo'), ['It makes a credential.']);
  assert.deepEqual(of('create rolebindings.rbac.authorization.k8s.io in namespace demo'), [
    'It changes what somebody may do in the cluster.',
  ]);
  assert.deepEqual(of('patch nodes one'), ['It changes how the cluster itself works.', 'It is in no namespace']);
  assert.deepEqual(of('create widgets.example.com'), ['It is in no namespace']);
  assert.deepEqual(of('patch configmaps a in namespace demo', 1), ['One change is not shown whole.']);
  assert.deepEqual(of('patch configmaps a in namespace demo', 7), ['7 changes are not shown whole.']);
});

test('an eviction ends a pod, and a dry run does nothing', () => {
  assert.deepEqual(of('evict pods web in namespace demo'), ['It ends a pod, and its containers with it.']);
  assert.deepEqual(of('dry run of delete secrets db in namespace demo'), ['It is a dry run']);
});

test('of a session is said what nobody can see before it begins', () => {
  assert.deepEqual(of('exec pods/exec web in namespace demo'), ['It runs a command in a running container']);
  assert.deepEqual(of('attach pods/attach web in namespace demo'), ['It reaches what runs in a container']);
  assert.deepEqual(of('portforward pods/portforward web in namespace demo'), ['It opens a way to ports of a pod']);
});

test('a name that looks like a namespace is no namespace', () => {
  assert.deepEqual(of('patch widgets.example.com in'), ['It is in no namespace']);
  for (const action of [
    'patch widgets.example.com a b in namespace demo',
    'patch widgets.example.com a in namespace',
  ]) {
    assert.deepEqual(of(action), ['Its name has blanks in it'], action);
  }
});

test('of a plan what is to be weighed is that of its requests, each once', () => {
  const member = (action: string) => ({ action, effect: { omitted: 0 } });
  const members = ['create secrets a in namespace demo', 'create secrets b in namespace demo', 'create nodes c'];
  const words = riskWords({ ...member('plan of 3 requests'), members: members.map(member) });
  assert.deepEqual(words, [
    'It is about a Secret: you see that a value changes, not what it is.',
    'It changes how the cluster itself works.',
    'It is in no namespace: the whole cluster has it.',
  ]);
});
