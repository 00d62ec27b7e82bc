// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault } from '../faults.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { AgentDocument, Store } from '../store/store.ts';
import { AgentRegistry } from './agent-registry.ts';
import type { TokenFacts } from './authentication.ts';
import { callerOf } from './caller-of.ts';

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

test('what another gateway changes is taken in, and what did not change is not read again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-registry-'));
  const file = join(directory, 'state.db');
  const [own, others] = [await openSqliteStore(file), await openSqliteStore(file)];
  try {
    const registry = new AgentRegistry(own);
    await registry.refresh();
    let told = 0;
    registry.onChange(() => {
      told += 1;
    });
    const elsewhere = new AgentRegistry(others);
    await others.agents.insert('reporter', agent);
    await elsewhere.refresh();
    await registry.catchUp();
    assert.deepEqual(registry.lookup(ISSUER, 'reporter'), elsewhere.lookup(ISSUER, 'reporter'));
    await registry.catchUp();
    assert.equal(told, 1);
    const lock = { kind: 'agent', target: 'reporter', by: 'ann', reason: '', at: new Date().toISOString() } as const;
    await others.locks.insert('agent:reporter', lock);
    await registry.catchUp();
    const locked = registry.lookup(ISSUER, 'reporter');
    assert.ok(locked?.kind === 'agent' && locked.locked);
    await others.locks.remove('agent:reporter', 1);
    await registry.catchUp();
    const unlocked = registry.lookup(ISSUER, 'reporter');
    assert.ok(unlocked?.kind === 'agent' && !unlocked.locked);
  } finally {
    await Promise.all([own.close(), others.close()]);
    await rm(directory, { recursive: true });
  }
});

test('what is forgotten lets nobody in until it has been read again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-registry-'));
  const store = await openSqliteStore(join(directory, 'state.db'));
  try {
    const registry = new AgentRegistry(store);
    await store.agents.insert('reporter', agent);
    await registry.refresh();
    registry.forget();
    assert.throws(() => registry.lookup(ISSUER, 'reporter'), { code: 'ERR_STORE_UNAVAILABLE' });
    const token = { issuer: ISSUER, subject: 'reporter', act: [], groups: [] } as unknown as TokenFacts;
    const caller = callerOf(token, 'lab', registry, 0);
    assert.ok(caller instanceof Fault && caller.code === 'ERR_STORE_UNAVAILABLE', 'and what runs is told so');
    await registry.catchUp();
    assert.equal(registry.lookup(ISSUER, 'reporter')?.kind, 'agent');
  } finally {
    await store.close();
    await rm(directory, { recursive: true });
  }
});
