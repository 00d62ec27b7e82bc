// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import type { Log } from '../log/log.ts';
import { LogError } from '../log/log-error.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { AgentDocument, Store } from '../store/store.ts';
import { AgentRegistry } from './agent-registry.ts';
import { agentRoster, takeOutCluster } from './agent-roster.ts';
import { Owners } from './owners.ts';

const agent: AgentDocument = {
  source: 'api',
  state: 'enabled',
  owner: 'ada',
  purpose: 'tests',
  match: { issuer: 'https://idp.example', subject: 'scribe' },
  groups: [],
  clusters: { east: { groups: [] }, lab: { groups: [] } },
};

/** A store with one agent, and a log that fails as long as `fails` says so. */
async function withOwners(
  work: (parts: {
    readonly store: Store;
    readonly owners: Owners;
    readonly roster: ReturnType<typeof agentRoster>;
    readonly recorded: readonly string[];
    fail(fails: boolean): void;
  }) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-owners-'));
  const store = await openSqliteStore(join(directory, 'state.db'));
  const recorded: string[] = [];
  let fails = false;
  const append = async (records: readonly LogRecord[]) => {
    if (fails) throw new LogError('ERR_LOG_FULL', 'too many wait');
    recorded.push(...records.map(({ type }) => type));
    return { index: 0 };
  };
  const log = { append } as unknown as Log;
  try {
    await store.agents.insert('scribe', agent);
    const registry = new AgentRegistry(store);
    await registry.refresh();
    const parts = { store, registry, log, now: () => new Date(0) };
    const roster = agentRoster(parts);
    const fail = (now: boolean) => {
      fails = now;
    };
    await work({ store, owners: new Owners({ ...parts, roster }), roster, recorded, fail });
  } finally {
    await store.close();
    await rm(directory, { recursive: true });
  }
}

test('that somebody is gone comes on record when it is said again, where the log failed before', () =>
  withOwners(async ({ store, owners, recorded, fail }) => {
    fail(true);
    await assert.rejects(owners.declareGone('ada', 'ann', ''), { code: 'ERR_LOG_FULL' });
    fail(false);
    await owners.declareGone('ada', 'ann', '');
    await owners.declareGone('ada', 'ann', '');
    assert.deepEqual(recorded, ['owner.gone', 'agent.disabled']);
    assert.equal((await store.agents.get('scribe'))?.value.state, 'disabled');
    const [owner] = await owners.list();
    assert.deepEqual([owner?.state, owner && 'recorded' in owner], ['gone', false]);
  }));

test('an agent that its owner left enabled loses a cluster that is removed, and can not be let in by a change', () =>
  withOwners(async ({ store, owners, roster, fail }) => {
    fail(true);
    await assert.rejects(owners.declareGone('ada', 'ann', ''));
    fail(false);
    await takeOutCluster(roster, store, 'east', 'ann');
    const found = await store.agents.get('scribe');
    assert.deepEqual(Object.keys(found?.value.clusters ?? {}), ['lab']);
    await owners.declareGone('ada', 'ann', '');
    const { version = 0, value = agent } = (await store.agents.get('scribe')) ?? {};
    assert.equal(await roster.change('scribe', version, { ...value, state: 'enabled' }, 'ann'), 'orphaned');
  }));
