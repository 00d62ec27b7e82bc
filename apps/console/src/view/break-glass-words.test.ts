// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { glassScope, glassState } from './break-glass-words.ts';

const END = '2026-11-24T01:00:00Z';
const at = (offsetMs: number) => Date.parse(END) + offsetMs;

test('glass is broken until its time is over, or somebody ends it', () => {
  assert.equal(glassState({ state: 'active', expiresAt: END }, at(-1)), 'open');
  assert.equal(glassState({ state: 'active', expiresAt: END }, at(0)), 'expired');
  assert.equal(glassState({ state: 'expired', expiresAt: END }, at(-1)), 'expired');
  assert.equal(glassState({ state: 'revoked', expiresAt: END }, at(-1)), 'ended');
});

test('without a scope it is for whatever rules ask for', () => {
  assert.equal(glassScope({}), 'whatever rules ask for');
  const scope = { verbs: ['patch'], resources: ['deployments.apps'], namespaces: ['demo'] };
  assert.equal(glassScope({ scope }), 'patch deployments.apps in demo');
});
