// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openKept } from '../kept-for-tests.ts';
import { AgentRegistry } from './agent-registry.ts';
import { agentRoster } from './agent-roster.ts';
import { OwnerUpkeep } from './owner-upkeep.ts';

const START = Date.parse('2026-11-24T00:00:00Z');
const DAY_MS = 24 * 3_600_000;

async function kept(days: number | undefined) {
  const opened = await openKept();
  const { store, log, records } = opened;
  const registry = new AgentRegistry(store);
  await registry.refresh();
  const clock = { days: 0 };
  const now = () => new Date(START + clock.days * DAY_MS);
  const roster = agentRoster({ store, registry, log, now });
  const upkeep = new OwnerUpkeep({ store, registry, roster, days: () => days, now });
  for (const owner of ['ada', 'grace']) {
    const match = { issuer: 'https://idp.example', subject: owner };
    await roster.register(`of-${owner}`, { owner, purpose: 'tests', match, groups: [], clusters: {} }, 'ann');
  }
  return {
    ...{ store, registry, roster, upkeep },
    async runOn(day: number) {
      clock.days = day;
      await upkeep.run();
    },
    ends: () => records.flatMap((record) => (record.type === 'agent.disabled' ? [[record.agent, record.reason]] : [])),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

test('agents whose owner is not seen for so many days are disabled, counted from when they were first looked for', async () => {
  await using place = await kept(30);
  await place.runOn(100);
  assert.deepEqual(place.ends(), [], 'nobody was looked for before');
  await place.runOn(129);
  place.upkeep.see(['grace']);
  await place.runOn(129.5);
  assert.deepEqual(place.ends(), []);
  await place.runOn(130);
  assert.deepEqual(place.ends(), [['of-ada', 'orphaned']]);
  await place.roster.enable('of-ada', 'enabled', 'ann');
  await place.runOn(159);
  assert.equal(place.ends().length, 1, 'who enables it answers for it for as long');
  await place.runOn(160);
  assert.deepEqual(place.ends().slice(1), [
    ['of-ada', 'orphaned'],
    ['of-grace', 'orphaned'],
  ]);
});

test('without such a setting nobody is gone by being away; an agent that was left under an owner who is gone is disabled', async () => {
  await using place = await kept(undefined);
  await place.runOn(3_000);
  assert.deepEqual(place.ends(), []);
  await place.store.goneOwners.insert('ada', { by: 'ann', reason: '', at: new Date(START).toISOString() });
  await place.registry.refresh();
  await place.runOn(3_001);
  assert.deepEqual(place.ends(), [['of-ada', 'orphaned']]);
});
