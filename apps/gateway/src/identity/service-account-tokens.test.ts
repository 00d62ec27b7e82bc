// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JSONWebKeySet } from 'jose';
import type { RefusalReason } from './authentication.ts';
import { createAuthenticator } from './authenticator.ts';
import { AUDIENCE, NOW_SECONDS, signingKey, signToken } from './issuer-for-tests.ts';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const key = signingKey('cluster', 'RS256');
const jwks = { keys: [key.jwk] } as unknown as JSONWebKeySet;

function authenticate(text: string, fetchJwks: () => Promise<JSONWebKeySet> = async () => jwks) {
  return createAuthenticator({
    issuers: [
      {
        kind: 'cluster',
        issuer: ISSUER,
        audience: AUDIENCE,
        algorithms: ['RS256'],
        maxLifetimeSeconds: 3_607,
        fetchJwks,
      },
    ],
    now: () => NOW_SECONDS * 1000,
    limits: { timeoutMs: 50 },
  }).authenticate(text);
}

type Claims = Record<string, unknown>;
const binding = (): Claims => ({
  namespace: 'agents',
  serviceaccount: { name: 'reporter', uid: 'd3adb33f-0000-4000-8000-000000000001' },
  pod: { name: 'reporter-0', uid: 'd3adb33f-0000-4000-8000-000000000002' },
  node: { name: 'node-1', uid: 'd3adb33f-0000-4000-8000-000000000003' },
});

/** The shape that a TokenRequest gives. */
const token = (changed: Claims = {}, header: Claims = {}): string =>
  signToken(
    { alg: 'RS256', kid: 'cluster', ...header },
    {
      iss: ISSUER,
      sub: 'system:serviceaccount:agents:reporter',
      aud: [AUDIENCE],
      iat: NOW_SECONDS,
      nbf: NOW_SECONDS,
      exp: NOW_SECONDS + 3_607,
      jti: 'd3adb33f-0000-4000-8000-000000000004',
      'kubernetes.io': binding(),
      ...changed,
    },
    key,
  );

describe('projected service-account tokens', () => {
  test('a good one says which workload it was made for', async () => {
    const answer = await authenticate(token());
    assert.equal(answer.kind, 'authenticated');
    assert.deepEqual(answer.facts.groups, []);
    assert.deepEqual(answer.facts.workload, {
      namespace: 'agents',
      serviceAccount: { name: 'reporter', uid: 'd3adb33f-0000-4000-8000-000000000001' },
      pod: { name: 'reporter-0', uid: 'd3adb33f-0000-4000-8000-000000000002' },
    });
  });

  test('one that no pod is bound to is good too', async () => {
    assert.equal(
      (await authenticate(token({ 'kubernetes.io': { ...binding(), pod: undefined } }))).kind,
      'authenticated',
    );
  });

  const rows: readonly (readonly [name: string, reason: RefusalReason, make: () => string])[] = [
    ["the API server's audience", 'audience', () => token({ aud: [ISSUER] })],
    ["ours beside the API server's audience", 'audience', () => token({ aud: [AUDIENCE, ISSUER] })],
    ['a legacy token without exp', 'claims', () => token({ exp: undefined })],
    ['a legacy token without aud', 'audience', () => token({ aud: undefined })],
    ['a legacy token without the binding', 'claims', () => token({ 'kubernetes.io': undefined })],
    ['sub names another account', 'claims', () => token({ sub: 'system:serviceaccount:agents:admin' })],
    ['sub names another namespace', 'claims', () => token({ sub: 'system:serviceaccount:kube-system:reporter' })],
    ['no uid', 'claims', () => token({ 'kubernetes.io': { ...binding(), serviceaccount: { name: 'reporter' } } })],
    ['a pod without uid', 'claims', () => token({ 'kubernetes.io': { ...binding(), pod: { name: 'reporter-0' } } })],
    ['extended by the API server to a year', 'lifetime', () => token({ exp: NOW_SECONDS + 31_536_000 })],
    ['typ of an access token', 'type', () => token({}, { typ: 'at+jwt' })],
  ];
  for (const [name, reason, make] of rows) {
    test(`refused: ${name}`, async () => {
      assert.deepEqual(await authenticate(make()), { kind: 'refused', reason });
    });
  }

  test('a cluster that gives no keys, or never answers, makes it unavailable', async () => {
    for (const fetchJwks of [() => Promise.reject(new Error('no tunnel')), () => new Promise<never>(() => {})]) {
      assert.equal((await authenticate(token(), fetchJwks)).kind, 'unavailable');
    }
  });

  test("one cluster's keys verify nothing of another", async () => {
    const other = { keys: [signingKey('cluster', 'RS256').jwk] } as unknown as JSONWebKeySet;
    assert.deepEqual(await authenticate(token(), async () => other), { kind: 'refused', reason: 'signature' });
  });
});
