// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import type { Config, ReceiverConfig } from '../config/schema.ts';
import { openDiskLog } from '../log/disk-log.ts';
import { logPlace } from '../log/log-for-tests.ts';
import { observedLog } from '../log/observed-log.ts';
import type { ProcessLog } from '../process-log.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { logIdOf } from './log-id.ts';
import { NoticeQueue } from './notice-queue.ts';
import { type NotificationsParts, openNotifications } from './open-notifications.ts';
import { TestReceiver } from './receiver-for-tests.ts';

const now = () => new Date();
const lock = (target: string): LogRecord => ({ type: 'lock', kind: 'agent', target, by: 'operator' });

interface Gateway {
  readonly parts: NotificationsParts;
  readonly warnings: string[];
  readonly dropped: () => number;
  append(record: LogRecord): Promise<unknown>;
  close(): Promise<void>;
}

/** Two lives of a gateway, over the same log and store. */
async function startPlace(t: TestContext) {
  const place = await logPlace();
  const receiver = await TestReceiver.start(place.root);
  const store = await openSqliteStore(join(place.root, 'state.db'));
  t.after(async () => {
    await receiver.close();
    await store.close();
    await rm(place.root, { recursive: true });
  });
  const open = async (receivers: readonly ReceiverConfig[], kept: Store = store): Promise<Gateway> => {
    const disk = await openDiskLog(place);
    const queue = new NoticeQueue({ logId: logIdOf(disk.vkey), now });
    const denials = { count: 20, seconds: 60 };
    queue.switch(receivers.length === 0 ? undefined : denials);
    const log = observedLog(disk, (records, firstIndex) => queue.observe(records, firstIndex));
    const config = { gateway: 'gateway', listeners: {}, notifications: { receivers, denials } } as unknown as Config;
    const warnings: string[] = [];
    let dropped = 0;
    const processLog = { warn: (message: string) => warnings.push(message), problem: () => undefined };
    const parts: NotificationsParts = {
      ...{ store: kept, log, logDir: disk.dir, logKey: disk.vkey, queue, config: () => config, now },
      processLog: processLog as unknown as ProcessLog,
      count: (result, times) => {
        if (result === 'dropped') dropped += times;
      },
    };
    return {
      parts,
      warnings,
      dropped: () => dropped,
      append: (record) => log.append([record]),
      close: () => log.close(),
    };
  };
  const targets = () => receiver.received.map(({ body }) => JSON.parse(body).data.target);
  return { receiver, store, open, targets };
}

test('what is on record is told, once it is durable', async (t) => {
  const { receiver, open, targets } = await startPlace(t);
  const gateway = await open([receiver.webhook]);
  const notifications = await openNotifications(gateway.parts);
  await gateway.append(lock('a'));
  await receiver.count(1);
  await notifications[Symbol.asyncDispose]();
  await gateway.close();
  assert.deepEqual(targets(), ['a']);
});

test('what a crash kept from the outbox is taken from the log at the next start, and nothing else', async (t) => {
  const { receiver, open, targets, store } = await startPlace(t);
  const early = await open([]);
  await early.append(lock('before anybody was told'));
  await early.close();
  const first = await open([receiver.webhook]);
  await first.append({ type: 'heartbeat', state: 'open', freeBytes: 1, uptimeSeconds: 1 });
  await (await openNotifications(first.parts))[Symbol.asyncDispose]();
  // Nothing brings this into the outbox: the gateway is gone.
  await first.append(lock('a'));
  await first.close();
  const second = await open([receiver.webhook]);
  const notifications = await openNotifications(second.parts);
  await second.append(lock('b'));
  await receiver.count(2);
  await notifications[Symbol.asyncDispose]();
  await second.close();
  assert.deepEqual(targets().sort(), ['a', 'b']);
  assert.deepEqual(await store.notices.list(), []);
});

test('what is in the outbox is delivered after a restart', async (t) => {
  const { receiver, open, targets } = await startPlace(t);
  const first = await open([{ ...receiver.webhook, url: 'https://127.0.0.1:1/' }]);
  const notifications = await openNotifications(first.parts);
  await first.append(lock('a'));
  await notifications[Symbol.asyncDispose]();
  await first.close();
  assert.deepEqual(targets(), []);
  const second = await open([receiver.webhook]);
  const again = await openNotifications(second.parts);
  await receiver.count(1);
  await again[Symbol.asyncDispose]();
  await second.close();
  assert.deepEqual(targets(), ['a']);
});

test('a receiver is told of its topics alone', async (t) => {
  const { receiver, open, store } = await startPlace(t);
  const nobody = 'https://127.0.0.1:1/';
  const gateway = await open([
    { ...receiver.webhook, name: 'locks', topics: ['locks'], url: nobody },
    { ...receiver.webhook, name: 'log', topics: ['log'], url: nobody },
  ]);
  const notifications = await openNotifications(gateway.parts);
  await gateway.append(lock('a'));
  await notifications[Symbol.asyncDispose]();
  await gateway.close();
  assert.deepEqual(
    (await store.notices.list()).map(({ value }) => value.receiver),
    ['locks'],
  );
});

test('what finds no room is counted, and operators hear of it', async (t) => {
  const { receiver, open } = await startPlace(t);
  const gateway = await open([{ ...receiver.webhook, url: 'https://127.0.0.1:1/' }]);
  const notifications = await openNotifications(gateway.parts);
  for (let each = 0; each < 510; each += 1) gateway.parts.queue.observe([lock('a')], 10 + each);
  await notifications[Symbol.asyncDispose]();
  await gateway.close();
  assert.equal(gateway.dropped(), 10);
  assert.match(gateway.warnings.join(), /10 notifications were dropped/);
});
