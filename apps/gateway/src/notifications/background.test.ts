// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import type { NotificationsConfig, ReceiverConfig } from '../config/schema.ts';
import { openKept } from '../kept-for-tests.ts';
import { Background } from './background.ts';
import { Deliveries } from './deliveries.ts';
import { FirstUses } from './first-uses.ts';
import { Intake } from './intake.ts';
import { NoticeQueue } from './notice-queue.ts';
import { Outbox } from './outbox.ts';
import { TestReceiver } from './receiver-for-tests.ts';

const now = () => new Date();
const lock = (target: string): LogRecord => ({ type: 'lock', kind: 'agent', target, by: 'operator' });

test('a receiver is told from when the configuration names it until it does no more', async (t) => {
  const kept = await openKept();
  const receiver = await TestReceiver.start(kept.root);
  t.after(async () => {
    await receiver.close();
    await kept[Symbol.asyncDispose]();
  });
  const { store, log } = kept;
  let config: NotificationsConfig = { receivers: [], denials: { count: 20, seconds: 60 } };
  const told = (...receivers: ReceiverConfig[]) => {
    config = { ...config, receivers };
  };
  const queue = new NoticeQueue({ logId: 'log', now });
  const outbox = new Outbox(store.notices, now);
  const uses = new FirstUses(store.firstUses, now);
  const common = { queue, config: () => config };
  const intake = new Intake({
    ...{ ...common, outbox, uses, cursors: store.noticeCursors, logId: 'log', now },
    onDropped: (count) => assert.fail(`${count} were dropped`),
  });
  const deliveries = new Deliveries({
    ...{ outbox, log, gateway: 'gateway', consoleOrigin: () => undefined, now, random: () => 1 },
    count: () => undefined,
    warn: assert.fail,
  });
  const background = new Background({ ...common, intake, deliveries, onProblem: assert.ifError });

  await background.look();
  queue.observe([lock('before')], 0);
  told(receiver.webhook);
  await background.look();
  queue.observe([lock('a')], 1);
  await background.look();
  await receiver.count(1);
  assert.equal(await intake.cursor(), 1);
  told();
  await background.look();
  queue.observe([lock('after')], 2);
  await background.look();
  assert.equal(await intake.cursor(), undefined);
  await background.close();
  assert.deepEqual(
    receiver.received.map(({ body }) => JSON.parse(body).data.target),
    ['a'],
  );
});
