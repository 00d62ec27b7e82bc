// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openKept } from '../kept-for-tests.ts';
import type { AgentDocument } from '../store/store.ts';
import { AgentRegistry } from './agent-registry.ts';
import { agentRoster } from './agent-roster.ts';
import type { Entry } from './roster.ts';
import { Upkeep } from './upkeep.ts';

const START = Date.parse('2026-11-24T00:00:00Z');
const DAY_MS = 24 * 3_600_000;
const ISSUER = 'https://idp.example';

const entry = (subject: string, more: Partial<Entry<AgentDocument>> = {}): Entry<AgentDocument> => ({
  state: 'enabled',
  owner: 'platform',
  purpose: 'tests',
  match: { issuer: ISSUER, subject },
  groups: [],
  clusters: {},
  ...more,
});

async function kept() {
  const opened = await openKept();
  const { store, log, records } = opened;
  const registry = new AgentRegistry(store);
  await registry.refresh();
  const clock = { days: 0 };
  const now = () => new Date(START + clock.days * DAY_MS);
  const roster = agentRoster({ store, registry, log, now });
  const used = new Set<string>();
  const upkeep = new Upkeep({
    ...{ documents: store.agents, uses: store.agentUses, roster, now },
    ...{ inUse: () => used, idleDays: () => 90 },
  });
  return {
    ...{ store, registry, roster, used, upkeep },
    /** Runs it after so many days. */
    async runOn(days: number) {
      clock.days = days;
      await upkeep.run();
    },
    isIn(subject: string) {
      const found = registry.lookup(ISSUER, subject);
      return found?.kind === 'agent' && found.enabled;
    },
    ends: () =>
      records.flatMap((record) =>
        record.type === 'agent.expired' || record.type === 'agent.disabled'
          ? [[record.type, record.agent, 'reason' in record ? record.reason : undefined]]
          : [],
      ),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

test('an agent that nobody uses is disabled; one that calls, and one of the configuration file, are not', async () => {
  await using place = await kept();
  const { roster, store, registry } = place;
  await roster.register('idle', entry('idle'), 'ann');
  await roster.register('busy', entry('busy'), 'ann');
  await store.agents.insert('declared', { ...entry('declared'), source: 'config' });
  await registry.refresh();
  place.used.add('busy');
  await place.runOn(60);
  place.used.clear();
  await place.runOn(89);
  assert.deepEqual(['idle', 'busy'].map(place.isIn), [true, true]);
  await place.runOn(90);
  assert.deepEqual(['idle', 'busy', 'declared'].map(place.isIn), [false, true, true]);
  await place.runOn(150);
  assert.deepEqual(['idle', 'busy', 'declared'].map(place.isIn), [false, false, true]);
  assert.deepEqual(place.ends(), [
    ['agent.disabled', 'idle', 'idle'],
    ['agent.disabled', 'busy', 'idle'],
  ]);
});

test('who is enabled again has as long as at first', async () => {
  await using place = await kept();
  await place.roster.register('idle', entry('idle'), 'ann');
  await place.runOn(90);
  await place.roster.enable('idle', 'enabled', 'ann');
  await place.runOn(179);
  assert.equal(place.isIn('idle'), true);
  await place.runOn(180);
  assert.equal(place.isIn('idle'), false);
});

test('an agent whose registration has run out is disabled, once', async () => {
  await using place = await kept();
  await place.roster.register('brief', entry('brief', { expiresAt: new Date(START + DAY_MS).toISOString() }), 'ann');
  await place.runOn(0.5);
  assert.equal(place.isIn('brief'), true);
  await place.runOn(1);
  await place.runOn(2);
  assert.equal(place.isIn('brief'), false);
  assert.deepEqual(place.ends(), [['agent.expired', 'brief', undefined]]);
});
