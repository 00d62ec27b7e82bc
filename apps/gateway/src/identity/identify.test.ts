// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TokenFacts } from './authentication.ts';
import { identify, type RegisteredAgent, type RegisteredHuman, type Registry } from './identify.ts';

const NOW = 1_795_478_400_000;
const ISSUER = 'https://idp.example';

const agent: RegisteredAgent = {
  kind: 'agent',
  id: 'reporter',
  owner: 'owner-1',
  purpose: 'writes the weekly report',
  enabled: true,
  orphaned: false,
  expiresAt: NOW + 1,
  locked: false,
  groups: ['readers'],
};
const human: RegisteredHuman = { kind: 'human', id: 'human-1', locked: false };

const facts: TokenFacts = {
  issuer: ISSUER,
  subject: 'agent-1',
  names: [],
  addresses: [],
  audience: 'ours',
  groups: ['sre', 'readers'],
  act: [],
  expiresAt: NOW + 60_000,
  credentialDigest: 'd',
  tokenId: undefined,
  sid: undefined,
  workload: undefined,
};

function registryOf(entry: RegisteredAgent | RegisteredHuman, subject = 'agent-1'): Registry {
  return { lookup: (issuer, asked) => (issuer === ISSUER && asked === subject ? entry : undefined) };
}

const reasonOf = (entry: RegisteredAgent | RegisteredHuman, of = facts, nowMs = NOW) => {
  const answer = identify(of, registryOf(entry), nowMs);
  return answer.kind === 'refused' ? answer.reason : answer.kind;
};

describe('identify', () => {
  test('a registered agent, with the groups of its token and of its entry', () => {
    assert.deepEqual(identify(facts, registryOf(agent), NOW), {
      kind: 'identified',
      principal: {
        kind: 'agent',
        id: 'reporter',
        owner: 'owner-1',
        purpose: 'writes the weekly report',
        groups: ['sre', 'readers'],
        issuer: ISSUER,
        subject: 'agent-1',
        act: [],
      },
    });
  });

  test('an agent that is not registered, or under another issuer or subject', () => {
    assert.equal(reasonOf(agent, { ...facts, issuer: `${ISSUER}/` }), 'unregistered');
    assert.equal(reasonOf(agent, { ...facts, subject: 'Agent-1' }), 'unregistered');
  });

  test('an agent that is disabled, expired or locked, by name', () => {
    assert.equal(reasonOf({ ...agent, enabled: false }), 'disabled');
    assert.equal(reasonOf(agent, facts, NOW + 1), 'expired');
    assert.equal(reasonOf({ ...agent, locked: true, enabled: false }), 'locked');
    assert.deepEqual(identify(facts, registryOf({ ...agent, locked: true }), NOW), {
      kind: 'refused',
      reason: 'locked',
      agent: 'reporter',
    });
  });

  test('a registry that has no answer lets nobody in', () => {
    const broken: Registry = {
      lookup() {
        throw new TypeError('the store is closed');
      },
    };
    assert.deepEqual(identify(facts, broken, NOW), { kind: 'unavailable', what: 'registry' });
  });

  test('a human stands for itself', () => {
    const answer = identify(facts, registryOf(human), NOW);
    assert.equal(answer.kind, 'identified');
    assert.deepEqual(
      [answer.principal.kind, answer.principal.id, answer.principal.owner],
      ['human', 'human-1', 'human-1'],
    );
    assert.equal(reasonOf({ ...human, locked: true }), 'locked');
  });

  test('who acts for somebody is the caller, and needs a registration of its own', () => {
    const delegated = { ...facts, subject: 'somebody', act: [{ issuer: ISSUER, subject: 'agent-1' }] };
    const answer = identify(delegated, registryOf(agent), NOW);
    assert.equal(answer.kind, 'identified');
    assert.equal(answer.principal.id, 'reporter');
    assert.equal(answer.principal.subject, 'somebody');
    assert.deepEqual(answer.principal.act, delegated.act);
  });

  test('a registered subject lends nothing to an actor who is not registered', () => {
    const delegated = { ...facts, act: [{ issuer: ISSUER, subject: 'stranger' }] };
    assert.equal(reasonOf(agent, delegated), 'unregistered');
    assert.equal(reasonOf(human, delegated), 'unregistered');
  });

  test('a human never appears as the actor of a delegation', () => {
    const delegated = { ...facts, subject: 'somebody', act: [{ issuer: ISSUER, subject: 'agent-1' }] };
    assert.equal(reasonOf(human, delegated), 'unregistered');
  });
});
