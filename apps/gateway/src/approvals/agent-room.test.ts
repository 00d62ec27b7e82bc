// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { AgentRoom } from './agent-room.ts';
import { OpenPointers, placeOf } from './open-pointers.ts';

let dir: string;
let store: Store;
let nowMs = 0;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-room-'));
  store = await openSqliteStore(join(dir, 'state.db'));
});
after(async () => {
  await store.close();
  await rm(dir, { recursive: true });
});

function roomOf(maxOpenOfAgent: number, maxPerDayOfAgent: number): AgentRoom {
  const limits = () => ({ maxOpenOfAgent, maxPerDayOfAgent });
  return new AgentRoom({ pointers: new OpenPointers(store.openApprovals), limits, nowMs: () => nowMs });
}

const opened = (agent: string, request: string) =>
  store.openApprovals.insert(placeOf(agent, `digest of ${request}`), {
    approval: `of ${request}`,
    agent,
    request,
    expiresAt: '',
  });

test('what is being found out counts like what is open, until it is given back', async () => {
  const room = roomOf(3, 100);
  await opened('one', 'a');
  const [first, second] = [await room.admit('one', 'b'), await room.admit('one', 'c')];
  assert.ok(typeof first === 'object' && typeof second === 'object');
  assert.equal(await room.admit('one', 'd'), 'open');
  assert.deepEqual([typeof (await room.admit('other', 'd'))], ['object'], 'each agent has room of its own');
  const joining = await room.admit('one', 'a');
  assert.ok(typeof joining === 'object' && joining.open === 'of a', 'who joins needs none');
  joining.leave();
  assert.equal(await room.admit('one', 'd'), 'open', 'and gives none back');
  first.leave();
  first.leave();
  assert.equal(typeof (await room.admit('one', 'd')), 'object');
  assert.equal(await room.admit('one', 'e'), 'open', 'given back once');
});

test('a day has an end: an agent whose approvals end at once asks no more than so often', async () => {
  const room = roomOf(10, 2);
  for (let begun = 0; begun < 2; begun += 1) {
    assert.equal(await room.refusal('busy', 'x'), undefined);
    room.begun('busy');
  }
  assert.deepEqual([await room.refusal('busy', 'x'), await room.admit('busy', 'x')], ['day', 'day']);
  assert.equal(await room.refusal('idle', 'x'), undefined);
  nowMs += 12 * 3_600_000;
  assert.equal(await room.refusal('busy', 'x'), undefined);
  room.begun('busy');
  assert.equal(await room.refusal('busy', 'x'), 'day');
});
