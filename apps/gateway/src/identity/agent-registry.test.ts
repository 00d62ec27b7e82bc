// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { AgentDocument, Store } from '../store/store.ts';
import { AgentRegistry } from './agent-registry.ts';

const ISSUER = 'https://idp.example';
const agent: AgentDocument = {
  source: 'config',
  state: 'enabled',
  owner: 'platform',
  purpose: 'tests',
  match: { issuer: ISSUER, subject: 'reporter' },
  groups: [],
  clusters: { lab: { groups: [] } },
};

test('a read of the registry that was overtaken by a later one does not lift the lock that the later one has seen', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-registry-'));
  const store = await openSqliteStore(join(directory, 'state.db'));
  try {
    await store.agents.insert('reporter', agent);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let reads = 0;
    const slow: Store = {
      ...store,
      locks: {
        ...store.locks,
        async list(page) {
          reads += 1;
          const isFirst = reads === 1;
          const read = await store.locks.list(page);
          if (isFirst) await released;
          return read;
        },
      },
    };
    const registry = new AgentRegistry(slow);
    const early = registry.refresh();
    const lock = { kind: 'agent', target: 'reporter', by: 'ann', reason: '', at: new Date().toISOString() } as const;
    await store.locks.insert('agent:reporter', lock);
    await registry.refresh();
    assert.deepEqual(registry.lookup(ISSUER, 'reporter'), { ...registry.lookup(ISSUER, 'reporter'), locked: true });
    release();
    await early;
    assert.deepEqual(registry.lookup(ISSUER, 'reporter'), { ...registry.lookup(ISSUER, 'reporter'), locked: true });
  } finally {
    await store.close();
    await rm(directory, { recursive: true });
  }
});

test('of two agents with one token the one in the configuration file is meant, whatever their ids', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-registry-'));
  const store = await openSqliteStore(join(directory, 'state.db'));
  try {
    await store.agents.insert('a', { ...agent, source: 'api' });
    await store.agents.insert('m', agent);
    await store.agents.insert('z', { ...agent, source: 'api' });
    const registry = new AgentRegistry(store);
    await registry.refresh();
    assert.deepEqual(registry.lookup(ISSUER, 'reporter'), { ...registry.lookup(ISSUER, 'reporter'), id: 'm' });
  } finally {
    await store.close();
    await rm(directory, { recursive: true });
  }
});
