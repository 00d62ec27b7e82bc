// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matches, requestWords } from './exchange-words.ts';

const request = { kind: 'resource', verb: 'delete', resource: 'configmaps', name: 'drafts', namespace: 'demo' };
const exchange = {
  id: '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11',
  cluster: 'lab',
  principal: 'reporter',
  request,
  decision: { effect: 'deny', rules: ['lab/reporter-deletes-nothing'] },
  fault: 'ERR_POLICY_DENIED',
  status: 403,
  state: 'not done',
};

test('a request is told in the words that kubectl has for it', () => {
  assert.equal(requestWords(request), 'delete configmaps drafts in demo');
  assert.equal(requestWords({ verb: 'get', resource: 'pods', subresource: 'log', name: 'a' }), 'get pods/log a');
  assert.equal(requestWords({ kind: 'nonresource', verb: 'get', path: '/version' }), 'get /version');
  for (const other of [undefined, null, 'get', { verb: 1 }]) assert.equal(requestWords(other), 'unknown');
});

test('a search finds all that have each of its words somewhere', () => {
  for (const search of ['', '  ', 'REPORTER', 'delete lab', '403 deletes-nothing', 'drafts', '3f0c1d1e', 'not done'])
    assert.equal(matches(exchange, search), true, search);
  for (const search of ['reporter pods', 'allow', 'drafts2']) assert.equal(matches(exchange, search), false, search);
});
