// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '@countersign/kube';
import { factsOf } from './facts-of.ts';

const facts = (body: unknown) =>
  factsOf('json', parseJson(Buffer.from(JSON.stringify(body))), { group: 'example.com', resource: 'things' });

test('paths with what a proxy reads in them, and volumes that a claim names, are seen', () => {
  const rule = (path: unknown) => ({
    spec: { rules: [{ http: { paths: [{ path, pathType: 'ImplementationSpecific' }] } }] },
  });
  for (const path of ['/', '/api/v1/~x_%20-.html']) assert.equal(facts(rule(path)).oddPaths, false, path);
  for (const path of ['/x{;alias /;}', '/x y', '/x"', '/(.*)', '/x\n', 7])
    assert.equal(facts(rule(path)).oddPaths, true);
  assert.equal(facts({ spec: { volumeName: 'pv-of-other' } }).volumeNamed, true);
  assert.equal(facts({ spec: { volumeName: '', loadBalancerIP: '203.0.113.9' } }).externalIPs, true);
});
