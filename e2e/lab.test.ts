// SPDX-License-Identifier: Apache-2.0
// Runs alone: it kills what owns labs, and looks at the processes of the machine.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Lab, LabError, startLab } from '@countersign/lab';
import { runKubectl } from './fixtures/kubectl.ts';
import { startOwnedLab } from './fixtures/lab-owner.ts';
import { connectorAuditEvents } from './installation/audit-events.ts';

const home = mkdtempSync(join(tmpdir(), 'countersign-e2e-lab-'));
let lab: Lab;

before(async () => {
  lab = await startLab({ dir: join(home, 'first'), name: 'first', node: false });
});
after(async () => {
  await lab?.stop();
  rmSync(home, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A request with the connector's credential, as the connector makes it. */
function asConnector(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const token = readFileSync(lab.connectorTokenFile, 'utf8');
  return new Promise((resolve, reject) => {
    const options = { method, ca: readFileSync(lab.caFile), headers: { authorization: `Bearer ${token}`, ...headers } };
    const outgoing = request(new URL(path, lab.server), options, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body }));
    });
    outgoing.on('error', reject).end();
  });
}

const asAgent = { 'impersonate-user': 'countersign:agent:demo', 'impersonate-group': 'countersign:demo' };
const secretPath = '/api/v1/namespaces/demo/secrets/database';

test('a stock kubectl reaches a real API server', async (context) => {
  const { code, stdout } = await runKubectl(lab.kubectl, lab.adminKubeconfig, ['get', '--raw', '/version']);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).gitVersion, lab.version);
  context.diagnostic(`kube-apiserver ${lab.version}`);
});

test('the seed is there, its password made for this lab', async () => {
  const { body } = await lab.admin.request('GET', secretPath);
  assert.match(Buffer.from(body.data.password, 'base64').toString(), /^[\w-]{24}$/);
  assert.equal((await lab.admin.request('GET', '/api/v1/namespaces/demo/configmaps/settings')).status, 200);
});

test('the connector reads the keys of the token issuer, and nothing else as itself', async () => {
  const keys = await asConnector('/openid/v1/jwks');
  assert.equal(keys.status, 200);
  assert.equal(JSON.parse(keys.body).keys[0].alg, 'RS256');
  for (const path of [secretPath, '/api/v1/namespaces', '/api/v1/nodes'])
    assert.equal((await asConnector(path)).status, 403);
});

test('the connector acts as the seeded agent, and as nobody else', async () => {
  assert.equal((await asConnector(secretPath, asAgent)).status, 200);
  const others = [
    { 'impersonate-user': 'countersign:agent:other' },
    { 'impersonate-user': 'lab-admin' },
    { ...asAgent, 'impersonate-group': 'system:masters' },
    { ...asAgent, 'impersonate-group': 'countersign:others' },
    { ...asAgent, 'impersonate-uid': '7' },
    { ...asAgent, 'impersonate-extra-scopes': 'all' },
    { 'impersonate-user': 'system:serviceaccount:kube-system:namespace-controller' },
  ];
  for (const headers of others) {
    assert.equal((await asConnector(secretPath, headers)).status, 403, JSON.stringify(headers));
  }
});

test('the agent reads its namespace and neither deletes a Secret nor leaves the namespace', async () => {
  assert.equal((await asConnector(secretPath, asAgent, 'DELETE')).status, 403);
  assert.equal((await asConnector('/api/v1/namespaces/kube-system/secrets', asAgent)).status, 403);
  assert.equal((await asConnector('/apis/apps/v1/namespaces/demo/deployments', asAgent)).status, 200);
  assert.equal((await asConnector('/api/v1/namespaces/demo/pods/any/exec?command=id', asAgent, 'POST')).status, 403);
});

test('the audit log holds the exchange under its Audit-ID, with both identities and no body', async () => {
  const auditId = '7b8e4d0a-58a1-4a55-9f04-6d1a5a1c2e11';
  await asConnector(secretPath, { ...asAgent, 'audit-id': auditId });
  const events = await connectorAuditEvents(lab);
  const [own, ...more] = events.filter(({ auditID, stage }) => auditID === auditId && stage === 'ResponseComplete');
  assert.ok(own);
  assert.deepEqual(more, []);
  assert.equal(own.user.username, 'system:serviceaccount:countersign:connector');
  assert.equal(own.impersonatedUser?.username, 'countersign:agent:demo');
  assert.equal('responseObject' in own, false);
});

test('a renewed token is another one, and both are good', async () => {
  const old = readFileSync(lab.connectorTokenFile, 'utf8');
  // Tokens are dated to the second; one of the same second is the same token.
  const renewed = async (): Promise<string> => {
    await lab.renewConnectorToken();
    const token = readFileSync(lab.connectorTokenFile, 'utf8');
    return token === old ? renewed() : token;
  };
  const token = await renewed();
  assert.equal((await asConnector('/openid/v1/jwks')).status, 200);
  assert.equal((await asConnector('/openid/v1/jwks', { authorization: `Bearer ${old}` })).status, 200);
  assert.equal(
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).iss,
    lab.serviceAccountIssuer,
  );
});

test('a second lab shares nothing with the first', async () => {
  const second = await startLab({ name: 'second', node: false });
  try {
    assert.notEqual(second.server, lab.server);
    assert.notEqual(second.serviceAccountIssuer, lab.serviceAccountIssuer);
    const foreign = await runKubectl(lab.kubectl, lab.adminKubeconfig, [
      '--server',
      second.server,
      'get',
      'namespaces',
    ]);
    assert.notEqual(foreign.code, 0);
    const { body: one } = await lab.admin.request('GET', secretPath);
    const { body: two } = await second.admin.request('GET', secretPath);
    assert.notEqual(one.data.password, two.data.password);
  } finally {
    await second.stop();
  }
  assert.equal(existsSync(second.dir), false);
  assert.equal((await lab.admin.request('GET', '/readyz')).status, 200);
});

test('a lab whose owner is killed blocks nothing, and the directory of a running one is refused', async () => {
  const dir = join(home, 'killed');
  const owned = await startOwnedLab(dir, 'killed', false);
  await assert.rejects(
    startLab({ dir, name: 'killed', node: false }),
    (error) => error instanceof LabError && error.code === 'ERR_LAB_DIR_IN_USE',
  );
  owned.kill();
  await owned.gone();
  const next = await startLab({ dir, name: 'killed', node: false });
  assert.notEqual(next.server, owned.lab.server);
  await next.stop();
  assert.deepEqual(readdirSync(dir).sort(), ['audit.log', 'lab.json', 'logs']);
});

test('a program of the lab that ends by itself is reported', async () => {
  const broken = await startLab({ name: 'broken', node: false });
  try {
    process.kill(findProcess(join(broken.dir, 'etcd')), 'SIGKILL');
    const failure = await broken.failed;
    assert.equal(failure.code, 'ERR_LAB_PROCESS_EXITED');
    assert.match(failure.message, /etcd/);
  } finally {
    await broken.stop();
  }
});

/** The process whose arguments name this data directory. */
function findProcess(dataDir: string): number {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`--data-dir=${dataDir}`);
      } catch {
        return false;
      }
    });
  assert.ok(found);
  return Number(found);
}
