// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TUNNEL_LIMITS } from './tunnel.ts';
import { responseHeaderLines, type TunnelHeaderLines, tunnelRequestProblem } from './tunnel-request.ts';

const AGENT = ['impersonate-user', 'countersign:agent:a'] as const;
const POD = '/api/v1/namespaces/a/pods/b';

function problem(target: string, headers: TunnelHeaderLines, method = 'GET') {
  return tunnelRequestProblem({ method, target, headers }, 'request');
}

test('an impersonated request with allowed headers may go', () => {
  assert.equal(
    problem(POD, [AGENT, ['impersonate-group', 'a'], ['impersonate-group', 'b'], ['accept', '*/*']]),
    undefined,
  );
  assert.equal(problem('/api/v1/pods?watch=true&labelSelector=a%3Db', [AGENT]), undefined);
  assert.equal(problem('/apis/', [AGENT]), undefined);
});

test('headers that could change who asks, or that nobody needs, are refused', () => {
  const table: [headers: TunnelHeaderLines, expected: string][] = [
    [[AGENT, ['authorization', 'Bearer x']], 'header authorization'],
    [[AGENT, ['cookie', 'x']], 'header cookie'],
    [[AGENT, ['connection', 'impersonate-user']], 'header connection'],
    [[AGENT, ['te', 'trailers']], 'header te'],
    [[AGENT, ['transfer-encoding', 'chunked']], 'header transfer-encoding'],
    [[AGENT, ['x-remote-user', 'root']], 'header x-remote-user'],
    [[AGENT, ['impersonate_user', 'root']], 'header impersonate_user'],
    [[AGENT, ['Impersonate-User', 'root']], 'header Impersonate-User'],
    [[AGENT, ['upgrade', 'websocket']], 'header upgrade'],
    [[AGENT, ['sec-websocket-key', 'x']], 'header sec-websocket-key'],
    [[AGENT, ['a b', 'x']], 'header (unprintable)'],
    [[AGENT, AGENT], 'repeated header impersonate-user'],
    [[AGENT, ['accept', 'a\r\nauthorization: x']], 'value of header accept'],
    [[['impersonate-user', '']], 'value of header impersonate-user'],
    [[['impersonate-user', ' ']], 'value of header impersonate-user'],
    [[['impersonate-user', 'system:admin']], 'value of header impersonate-user'],
    [[AGENT, ['impersonate-group', 'system:masters']], 'value of header impersonate-group'],
    [[AGENT, ['impersonate-group', 'System:masters']], 'value of header impersonate-group'],
    [[['impersonate-group', 'a']], 'missing impersonated user'],
    [[], 'missing impersonated user'],
  ];
  for (const [headers, expected] of table) assert.equal(problem(POD, headers), expected, JSON.stringify(headers));
});

test('targets with a second reading are refused', () => {
  for (const target of [
    'api/v1',
    '//api/v1',
    '/api//v1',
    '/api/../v1',
    '/api/%2e%2E/v1',
    '/api/.%2e',
    '/api\\v1',
    '/api#v1',
    '/api v1',
    '/api/\u00e9',
    'https://h/api',
    '/api\n',
    '',
    '*',
  ]) {
    assert.equal(problem(target, [AGENT]), 'target', target);
  }
});

test('heads that could break the tunnel for everybody are refused', () => {
  const field = TUNNEL_LIMITS.maxFieldBytes;
  assert.equal(problem(`/${'a'.repeat(field - 1)}`, [AGENT]), undefined);
  assert.equal(problem(`/${'a'.repeat(field)}`, [AGENT]), 'size');
  assert.equal(problem(POD, [AGENT, ['accept', 'a'.repeat(field)]]), undefined);
  assert.equal(problem(POD, [AGENT, ['accept', 'a'.repeat(field + 1)]]), 'size');
  assert.equal(problem(`/${'a'.repeat(field - 1)}`, [AGENT, ['accept', 'a'.repeat(field)]]), 'size');
});

test('without an impersonated user only the named facts about the cluster are read', () => {
  assert.equal(problem('/openid/v1/jwks', []), undefined);
  assert.equal(problem('/version', []), undefined);
  assert.equal(problem('/version?x=1', []), 'missing impersonated user');
  assert.equal(problem('/version', [], 'POST'), 'missing impersonated user');
  assert.equal(problem('/api/v1/secrets', []), 'missing impersonated user');
  assert.equal(problem('/version', [['impersonate-uid', '1']]), 'missing impersonated user');
});

test('an upgrade may carry the headers of its handshake, but no token among its protocols', () => {
  const ask = (value: string) =>
    tunnelRequestProblem(
      { method: 'GET', target: POD, headers: [AGENT, ['sec-websocket-protocol', value]] },
      'upgrade',
    );
  assert.equal(ask('v5.channel.k8s.io'), undefined);
  assert.equal(ask('base64url.bearer.authorization.k8s.io.eA'), 'value of header sec-websocket-protocol');
});

test('answers lose what concerns one connection and what only the tunnel may say', () => {
  const raw = [':status', '200', 'Connection', 'x', 'Countersign-Problem', 'y', 'Warning', '299 - "a"', 'warning', 'b'];
  assert.deepEqual(responseHeaderLines(raw), [
    ['warning', '299 - "a"'],
    ['warning', 'b'],
  ]);
});
