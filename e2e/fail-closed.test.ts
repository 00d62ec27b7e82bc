// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Leaf } from '@countersign/evidence';
import { failSyncs, noSyncFailures } from './fixtures/fail-sync.ts';
import { RawConnection } from './fixtures/raw-connection.ts';
import type { Answer } from './installation/call.ts';
import { eventually } from './installation/eventually.ts';
import { liveExchanges } from './installation/live-exchanges.ts';
import { replaceFile } from './installation/replace-file.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const SECRETS = '/api/v1/namespaces/demo/secrets';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/demo/deployments';
/** Long enough to be seen half sent, on a busy machine too. */
const BODY_TIMEOUT_MS = 5_000;

const POLICIES = `
@id("all") permit (principal == Agent::"caller", action, resource);

@id("overflows")
forbid (principal, action == Action::"create", resource)
when { context.object has replicas && context.object.replicas + 9223372036854775807 > 0 };

@id("asks") @approval("owners")
forbid (principal, action == Action::"delete", resource) when { resource.name == "asked" };
`;

let site: Installation;

before(async () => {
  site = await startInstallation({
    clusters: {
      lab: {
        policies: POLICIES,
        rights: {
          'countersign:trusted': [
            { apiGroups: ['', 'apps'], resources: ['configmaps', 'secrets', 'deployments'], verbs: ['*'] },
          ],
        },
      },
    },
    agents: { caller: { clusters: { lab: ['countersign:trusted'] }, waits: false } },
    configure: (config) => ({
      ...config,
      listeners: { ...config.listeners, data: { ...config.listeners.data, bodyTimeoutMs: BODY_TIMEOUT_MS } },
    }),
  });
});
after(() => site?.stop());

const caller = () => site.as('caller');

function create(): Promise<Answer> {
  return caller().call('POST', CONFIG_MAPS, { body: { metadata: { generateName: 'closed-' } } });
}

async function isServing(): Promise<boolean> {
  return (
    (
      await caller()
        .call('GET', CONFIG_MAPS)
        .catch(() => undefined)
    )?.status === 200
  );
}

function assertStatus({ status, json }: Answer, wanted: number, code: string): void {
  assert.deepEqual([status, json.kind, json.details?.causes?.[0]?.reason], [wanted, 'Status', code]);
}

async function recordsOf(id: string): Promise<readonly Leaf[]> {
  const records = (await site.records()).map(({ record }) => record);
  return records.filter((record) => 'exchange' in record && record.exchange === id);
}

async function assertNotForwarded(id: string): Promise<void> {
  assert.deepEqual(
    (await site.audit('lab')).filter(({ auditID }) => auditID === id),
    [],
  );
}

/** Refused before anything was intended: one record, and nothing upstream. */
async function assertRefusal(id: string, fault: string, verdict: string): Promise<void> {
  const records = await recordsOf(id);
  assert.deepEqual(
    records.map((record) => (record.type === 'refusal' ? [record.fault, record.verdict] : record.type)),
    [[fault, verdict]],
  );
  await assertNotForwarded(id);
}

/** Intended, and ended by what the gateway knows of it. */
async function assertOutcome(id: string, result: string, reason: string): Promise<void> {
  const records = await recordsOf(id);
  assert.deepEqual(
    records.map((record) => (record.type === 'outcome' ? [record.result, record.reason] : record.type)),
    ['intent', [result, reason]],
  );
}

/** Counted: before it is known who calls there is one record for many. */
async function refusalsCounted(fault: string): Promise<number> {
  const records = (await site.records()).map(({ record }) => record);
  const counts = records.map((record) => (record.type === 'refusals' && record.fault === fault ? record.count : 0));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A write while the provider's port is answered by this, and the gateway knows no key of the provider yet. */
async function createWithProvider(behave: (socket: Socket) => void): Promise<void> {
  await site.token('caller');
  const before = await refusalsCounted('ERR_IDENTITY_UNAVAILABLE');
  await site.provider.stop();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => {});
    behave(socket);
  });
  server.listen(Number(new URL(site.provider.issuer).port), '127.0.0.1');
  await once(server, 'listening');
  try {
    await site.gateway.stop();
    await site.startGateway();
    const answer = await create();
    assertStatus(answer, 503, 'ERR_IDENTITY_UNAVAILABLE');
    assert.ok(connections > 0);
    await assertNotForwarded(answer.id);
    // What it has counted is on record at the latest when it stops.
    await site.gateway.stop();
    assert.equal(await refusalsCounted('ERR_IDENTITY_UNAVAILABLE'), before + 1);
  } finally {
    server.close();
    await site.provider.start();
    await site.startGateway();
  }
}

async function connectorIsStopped<T>(work: () => Promise<T>): Promise<T> {
  const { child } = site.connectors.get('lab') ?? assert.fail();
  child.kill('SIGSTOP');
  try {
    return await work();
  } finally {
    child.kill('SIGCONT');
  }
}

interface Row {
  readonly stage: string;
  readonly failure: string;
  /** Makes it fail, and says what must come of it. */
  readonly fails: () => Promise<void>;
  /** Why it can't be made to fail here. */
  readonly skip?: string | undefined;
}

const rows: readonly Row[] = [
  {
    stage: 'authenticate',
    failure: 'the provider answers with garbage',
    fails: () => createWithProvider((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{"a":')),
  },
  {
    stage: 'authenticate',
    failure: 'the provider does not answer in time',
    fails: () => createWithProvider(() => {}),
  },
  {
    stage: 'authenticate',
    failure: 'the provider cuts the connection',
    fails: () => createWithProvider((socket) => socket.destroy()),
  },
  {
    stage: 'parse',
    failure: 'the target could be read in two ways',
    async fails() {
      const answer = await caller().call('DELETE', `${CONFIG_MAPS}/../configmaps/settings`);
      assertStatus(answer, 400, 'ERR_TARGET_MALFORMED');
      await assertRefusal(answer.id, 'ERR_TARGET_MALFORMED', 'invalid');
    },
  },
  {
    stage: 'gather',
    failure: 'the body is no JSON',
    async fails() {
      const answer = await caller().call('POST', CONFIG_MAPS, { body: '{"metadata":' });
      assertStatus(answer, 400, 'ERR_BODY_MALFORMED');
      await assertRefusal(answer.id, 'ERR_BODY_MALFORMED', 'invalid');
    },
  },
  {
    stage: 'gather',
    failure: 'the body does not arrive in time',
    async fails() {
      const connection = await sendHalfABody();
      const { status, headers } = await connection.answer();
      assert.equal(status, 408);
      await assertRefusal(headers['audit-id'] ?? '', 'ERR_BODY_TIMEOUT', 'invalid');
      connection.destroy();
    },
  },
  {
    stage: 'gather',
    failure: 'the body is cut',
    async fails() {
      const before = (await site.records()).length;
      const connection = await sendHalfABody();
      connection.destroy();
      const refusal = await eventually('the refusal is on record', async () => {
        const records = (await site.records()).slice(before).map(({ record }) => record);
        return records.find((record) => record.type === 'refusal' && record.fault === 'ERR_CALLER_GONE');
      });
      assert.ok(refusal.type === 'refusal');
      await assertNotForwarded(refusal.exchange);
    },
  },
  {
    stage: 'decide',
    failure: 'a rule fails as it is evaluated',
    async fails() {
      const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { replicas: 2 } };
      const answer = await caller().call('POST', DEPLOYMENTS, { body: deployment });
      assertStatus(answer, 503, 'ERR_POLICY_UNAVAILABLE');
      await assertRefusal(answer.id, 'ERR_POLICY_UNAVAILABLE', 'could not evaluate');
    },
  },
  {
    stage: 'approve',
    failure: 'nobody has countersigned it',
    async fails() {
      const asked = { metadata: { name: 'asked' } };
      await site.lab('lab').admin.request('POST', CONFIG_MAPS, asked);
      // The first asks for it, and has a record of that too; others join.
      await caller().call('DELETE', `${CONFIG_MAPS}/asked`);
      const answer = await caller().call('DELETE', `${CONFIG_MAPS}/asked`);
      assertStatus(answer, 403, 'ERR_APPROVAL_REQUIRED');
      await assertRefusal(answer.id, 'ERR_APPROVAL_REQUIRED', 'denied');
    },
  },
  {
    stage: 'commit',
    failure: 'the intent can not be made durable',
    skip: noSyncFailures(),
    async fails() {
      const syncAgain = await failSyncs(site.gateway.pid);
      const answer = await create();
      assertStatus(answer, 503, 'ERR_LOG_FAILED');
      await syncAgain();
      await assertNotForwarded(answer.id);
      await site.gateway.stop();
      await site.startGateway();
      // What did not become durable may still have reached the file: then it is an intent that was ended as unknown.
      const types = (await recordsOf(answer.id)).map(({ type }) => type);
      assert.ok(['', 'intent,outcome'].includes(types.join()), types.join());
    },
  },
  {
    stage: 'forward',
    failure: 'there is no connector',
    async fails() {
      await site.connectors.get('lab')?.stop();
      const answer = await create();
      assertStatus(answer, 503, 'ERR_CLUSTER_UNREACHABLE');
      await assertOutcome(answer.id, 'not sent', 'ERR_CLUSTER_UNREACHABLE');
      await assertNotForwarded(answer.id);
      await site.startConnector('lab');
    },
  },
  {
    stage: 'forward',
    failure: "the connector's credential is refused",
    async fails() {
      const { connectorTokenFile, renewConnectorToken } = site.lab('lab');
      await replaceFile(connectorTokenFile, 'no.token.atall');
      try {
        const answer = await eventually('the connector has read it again', async () => {
          const found = await create();
          return found.status === 201 ? undefined : found;
        });
        assertStatus(answer, 503, 'ERR_UPSTREAM_CREDENTIAL');
        await assertOutcome(answer.id, 'failed', 'ERR_UPSTREAM_CREDENTIAL');
      } finally {
        await renewConnectorToken();
      }
    },
  },
  {
    stage: 'forward',
    failure: 'the connector does not answer in time',
    async fails() {
      const answer = await connectorIsStopped(create);
      assertStatus(answer, 502, 'ERR_UPSTREAM_LOST');
      await assertOutcome(answer.id, 'unknown', 'ERR_UPSTREAM_LOST');
    },
  },
  {
    stage: 'forward',
    failure: 'the connector is killed before an answer',
    async fails() {
      const before = await intents();
      const answer = await connectorIsStopped(async () => {
        const asked = create();
        await eventually('it is intended, and with the connector from then on', async () => (await intents()) > before);
        await site.connectors.get('lab')?.kill();
        return asked;
      });
      assertStatus(answer, 502, 'ERR_UPSTREAM_LOST');
      await assertOutcome(answer.id, 'unknown', 'ERR_UPSTREAM_LOST');
      await site.startConnector('lab');
    },
  },
  {
    stage: 'mask',
    failure: 'what is being masked is cut',
    async fails() {
      const watch = await caller().open('GET', `${SECRETS}?watch=true`);
      await watch.lines.find((line) => line.includes('database'));
      await site.connectors.get('lab')?.kill();
      assert.equal(await watch.ended, false);
      await assertCut(watch.id, 'ERR_UPSTREAM_LOST');
      await site.startConnector('lab');
    },
  },
  {
    stage: 'respond',
    failure: 'the caller goes away',
    async fails() {
      const watch = await caller().open('GET', `${CONFIG_MAPS}?watch=true`);
      await watch.lines.find((line) => line.includes('settings'));
      watch.close();
      await assertCut(watch.id, 'ERR_CALLER_GONE');
    },
  },
];

async function assertCut(id: string, reason: string): Promise<void> {
  const end = await eventually('its end is on record', async () => {
    const records = await recordsOf(id);
    return records.find((record) => record.type === 'answer.end');
  });
  assert.ok(end.type === 'answer.end');
  assert.deepEqual([end.end, end.reason], ['cut', reason]);
}

async function sendHalfABody(): Promise<RawConnection> {
  const address = { port: site.config.listeners.data.port ?? 0, ca: await readFile(site.caFile, 'utf8') };
  const connection = await RawConnection.tls(address, 'http/1.1');
  const head = [
    `POST /clusters/lab${CONFIG_MAPS} HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${await site.token('caller')}`,
    'Content-Type: application/json',
    'Content-Length: 100',
  ];
  connection.write(`${head.join('\r\n')}\r\n\r\n{"metadata":`);
  await eventually('it is under way', () => liveExchanges(site.health));
  return connection;
}

async function intents(): Promise<number> {
  return (await site.records()).filter(({ record }) => record.type === 'intent').length;
}

describe('nothing fails open: not forwarded, answered, on record, and served again afterwards', () => {
  for (const { stage, failure, fails, skip } of rows) {
    test(`${stage}: ${failure}`, { skip: skip ?? false }, async () => {
      await eventually('the gateway serves', isServing);
      await fails();
      await eventually('the gateway serves again', isServing);
      assert.equal((await create()).status, 201);
    });
  }
});
