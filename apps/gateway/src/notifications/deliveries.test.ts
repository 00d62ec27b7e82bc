// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { ReceiverConfig } from '../config/schema.ts';
import { type Kept, openKept } from '../kept-for-tests.ts';
import { Deliveries, type DeliveryResult } from './deliveries.ts';
import type { Notice } from './notice.ts';
import { Outbox } from './outbox.ts';
import { SECRET, TestReceiver } from './receiver-for-tests.ts';

const START = Date.parse('2026-11-30T00:00:00Z');
const DAY_MS = 24 * 3_600_000;

const notice = (id: string): Notice => ({
  id,
  type: 'lock',
  at: new Date(START).toISOString(),
  about: { lock: 'agent', target: 'reporter' },
});

interface Site {
  readonly kept: Kept;
  readonly receiver: TestReceiver;
  readonly outbox: Outbox;
  readonly clock: { ms: number };
  readonly counts: DeliveryResult[];
  readonly warnings: string[];
  /** Another gateway, or this one started anew. */
  open(more?: { readonly timeoutMs?: number }): Deliveries;
  /** Records of notifications, in short. */
  told(): readonly string[];
}

async function startSite(t: TestContext): Promise<Site> {
  const kept = await openKept();
  const receiver = await TestReceiver.start(kept.root);
  t.after(async () => {
    await receiver.close();
    await kept[Symbol.asyncDispose]();
  });
  const clock = { ms: 0 };
  const now = () => new Date(START + clock.ms);
  const outbox = new Outbox(kept.store.notices, now);
  const counts: DeliveryResult[] = [];
  const warnings: string[] = [];
  return {
    ...{ kept, receiver, outbox, clock, counts, warnings },
    open: (more = {}) =>
      new Deliveries({
        ...{ outbox, log: kept.log, gateway: 'gateway', consoleOrigin: () => undefined, now, random: () => 1 },
        count: (result) => counts.push(result),
        warn: (message) => warnings.push(message),
        ...more,
      }),
    told: () =>
      kept.records.flatMap((record) => {
        if (record.type === 'notification.sent') return [`sent ${record.notification} after ${record.attempts}`];
        if (record.type !== 'notification.given-up') return [];
        return [`given up ${record.notification} after ${record.attempts}: ${record.reason}`];
      }),
  };
}

/** A port of loopback where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a webhook is signed over id, time and the bytes that are sent', async (t) => {
  const { receiver, outbox, open, told, clock } = await startSite(t);
  clock.ms = 5_000;
  await outbox.put('ops', notice('n-1'));
  await open().run(receiver.webhook);
  const [received] = receiver.received;
  assert.ok(received);
  const { headers, body, path } = received;
  assert.deepEqual(
    [path, headers['content-type'], headers['webhook-id'], headers['webhook-timestamp']],
    ['/hook', 'application/cloudevents+json; charset=utf-8', 'n-1', String(START / 1_000 + 5)],
  );
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const signed = createHmac('sha256', key).update(`n-1.${headers['webhook-timestamp']}.${body}`).digest('base64');
  assert.equal(headers['webhook-signature'], `v1,${signed}`);
  assert.equal(JSON.parse(body).type, 'countersign.lock');
  assert.deepEqual(told(), ['sent n-1 after 1']);
  assert.deepEqual(await outbox.due('ops'), []);
});

test('it is tried again after errors and refused connections, later each time, under the same id', async (t) => {
  const { receiver, outbox, open, told, clock, counts, warnings } = await startSite(t);
  const deliveries = open();
  await outbox.put('ops', notice('n-1'));
  receiver.answer = (response) => response.writeHead(500).end('no');
  await deliveries.run(receiver.webhook);
  clock.ms = 4_999;
  await deliveries.run(receiver.webhook);
  assert.equal(receiver.received.length, 1);
  clock.ms = 5_000;
  await deliveries.run({ ...receiver.webhook, url: `https://127.0.0.1:${await closedPort()}/hook` });
  receiver.answer = (response) => response.writeHead(200).end();
  clock.ms = 14_999;
  await deliveries.run(receiver.webhook);
  assert.equal(receiver.received.length, 1);
  clock.ms = 15_000;
  await deliveries.run(receiver.webhook);
  assert.deepEqual(
    receiver.received.map(({ headers }) => headers['webhook-id']),
    ['n-1', 'n-1'],
  );
  assert.deepEqual(told(), ['sent n-1 after 3']);
  assert.deepEqual(counts, ['failed', 'failed', 'sent']);
  assert.deepEqual(warnings, [
    "notifications for ops can't be delivered, and will be tried again: status-500",
    'notifications for ops are delivered again',
  ]);
});

test('who asks for more time gets it, within reason', async (t) => {
  const { receiver, outbox, open, clock } = await startSite(t);
  const deliveries = open();
  await outbox.put('ops', notice('n-1'));
  receiver.answer = (response) => response.writeHead(429, { 'retry-after': '60' }).end();
  await deliveries.run(receiver.webhook);
  clock.ms = 59_999;
  assert.deepEqual(await outbox.due('ops'), []);
  clock.ms = 60_000;
  assert.equal((await outbox.due('ops')).length, 1);
});

test('a redirect is not followed', async (t) => {
  const { receiver, outbox, open, told, warnings } = await startSite(t);
  await outbox.put('ops', notice('n-1'));
  receiver.answer = (response) => response.writeHead(307, { location: `${receiver.url}/elsewhere` }).end();
  await open().run(receiver.webhook);
  assert.deepEqual(
    receiver.received.map(({ path }) => path),
    ['/hook'],
  );
  assert.deepEqual(told(), []);
  assert.match(warnings.join(), /redirected/);
});

test('it is given up on record: after enough attempts, when it is old, and at once where nothing is there any more', async (t) => {
  const { receiver, outbox, open, told, clock, counts } = await startSite(t);
  const deliveries = open();
  receiver.answer = (response) => response.writeHead(503).end();
  await outbox.put('ops', notice('n-1'));
  const [first] = await outbox.due('ops');
  assert.ok(first);
  await outbox.postpone({ ...first, value: { ...first.value, attempts: 18 } }, 0);
  await deliveries.run(receiver.webhook);
  assert.deepEqual(told(), ['given up n-1 after 20: status-503']);
  receiver.answer = (response) => response.writeHead(410).end();
  await outbox.put('ops', notice('n-2'));
  await deliveries.run(receiver.webhook);
  assert.deepEqual(told().slice(1), ['given up n-2 after 1: status-410']);
  await outbox.put('nobody', notice('n-3'));
  clock.ms = DAY_MS - 1;
  await deliveries.giveUpOld();
  assert.equal(told().length, 2);
  clock.ms = DAY_MS;
  await deliveries.giveUpOld();
  assert.deepEqual(told().slice(2), ['given up n-3 after 0: too-old']);
  assert.deepEqual(counts, ['failed', 'given-up', 'failed', 'given-up', 'given-up']);
  assert.deepEqual(await kept(outbox), []);
});

async function kept(outbox: Outbox): Promise<readonly unknown[]> {
  return outbox.olderThan(0);
}

test('a certificate that nobody vouches for, and a receiver that does not answer, get nothing through', async (t) => {
  const { receiver, outbox, open, told, warnings, clock } = await startSite(t);
  const { caFile: _, ...unknown } = receiver.webhook;
  await outbox.put('ops', notice('n-1'));
  await open().run(unknown);
  assert.equal(receiver.received.length, 0);
  receiver.answer = () => undefined;
  clock.ms = 5_000;
  await open({ timeoutMs: 50 }).run(receiver.webhook);
  assert.deepEqual(told(), []);
  assert.match(warnings.join(), /: unreachable,.*: timed-out$/);
});

test('an answer that never ends keeps nobody', async (t) => {
  const { receiver, outbox, open, told } = await startSite(t);
  await outbox.put('ops', notice('n-1'));
  receiver.answer = (response) => void response.writeHead(200).write('x'.repeat(1_000_000));
  await open().run(receiver.webhook);
  assert.deepEqual(told(), ['sent n-1 after 1']);
});

test('Slack gets a message at the URL in the file, and the URL is nowhere else', async (t) => {
  const { receiver, outbox, open, told, kept, warnings } = await startSite(t);
  await outbox.put('chat', notice('n-1'));
  receiver.answer = (response) => response.writeHead(500).end();
  const deliveries = open();
  await deliveries.run(receiver.slack);
  const [received] = receiver.received;
  assert.equal(received?.path, '/services/T0/B0/token-of-slack');
  assert.equal(JSON.parse(received?.body ?? '').text, 'Locked: agent reporter');
  assert.deepEqual(told(), []);
  const everything = JSON.stringify([kept.records, warnings, await kept.store.notices.list()]);
  assert.doesNotMatch(everything, /token-of-slack|whsec_/);
});

test('a secret that has gone is waited for', async (t) => {
  const { receiver, outbox, open, told, clock, kept } = await startSite(t);
  const deliveries = open();
  const lost: ReceiverConfig = { ...receiver.webhook, secretFile: `${kept.root}/later` };
  await outbox.put('ops', notice('n-1'));
  await deliveries.run(lost);
  assert.equal(receiver.received.length, 0);
  await writeFile(lost.secretFile, SECRET);
  clock.ms = 5_000;
  await deliveries.run(lost);
  assert.deepEqual(told(), ['sent n-1 after 2']);
});

test('of two gateways one sends it; where that one has died, the other does a minute later', async (t) => {
  const { receiver, outbox, open, told, clock } = await startSite(t);
  await outbox.put('ops', notice('n-1'));
  await Promise.all([open().run(receiver.webhook), open().run(receiver.webhook)]);
  assert.deepEqual([receiver.received.length, told()], [1, ['sent n-1 after 1']]);
  await outbox.put('ops', notice('n-2'));
  const [due] = await outbox.due('ops');
  assert.ok(due && (await outbox.lease(due, 60_000)));
  clock.ms = 59_999;
  await open().run(receiver.webhook);
  assert.equal(receiver.received.length, 1);
  clock.ms = 60_000;
  await open().run(receiver.webhook);
  assert.deepEqual(told().slice(1), ['sent n-2 after 1']);
});

test('who closes breaks off what is under way, and leaves it for the next', async (t) => {
  const { receiver, outbox, open, told } = await startSite(t);
  await outbox.put('ops', notice('n-1'));
  receiver.answer = () => undefined;
  const deliveries = open();
  const running = deliveries.run(receiver.webhook);
  await receiver.count(1);
  await deliveries.close();
  await running;
  receiver.answer = (response) => response.writeHead(204).end();
  await open().run(receiver.webhook);
  assert.deepEqual(told(), ['sent n-1 after 2']);
});
