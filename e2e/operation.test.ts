// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:http2';
import { request } from 'node:https';
import { after, before, test } from 'node:test';
import { assertJoined } from './installation/assert-joined.ts';
import { call } from './installation/call.ts';
import { countersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type IndexedRecord, type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const SETTINGS = `${CONFIG_MAPS}/settings`;
const GRACE_MS = 6_000;

const policies = (verbs: string) => `@id("works") permit (principal is Agent, action in [${verbs}], resource);`;
const READS = 'Action::"read"';
const READS_AND_WRITES = 'Action::"read", Action::"write"';

let site: Installation;

before(async () => {
  const clusters = { lab: ['countersign:workers'] };
  site = await startInstallation({
    clusters: { lab: { policies: policies(READS_AND_WRITES) } },
    agents: { worker: { clusters }, guest: { clusters } },
    configure: (config) => ({ ...config, shutdownGraceMs: GRACE_MS }),
  });
});
after(() => site?.stop());

async function statusOf(agent: string, method = 'GET', path = SETTINGS, body?: object): Promise<number> {
  const { status } = await site.as(agent).call(method, path, { body });
  return status;
}

async function recordsOfType<T extends IndexedRecord['record']['type']>(type: T) {
  const records = await site.records();
  return records.flatMap(({ record }) =>
    record.type === type ? [record as Extract<IndexedRecord['record'], { type: T }>] : [],
  );
}

/** One request to the control API, as whoever holds the token. */
async function control(path: string, token: string | null) {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return call({ method: 'GET', url: `${site.control}${path}`, ca: await readFile(site.caFile, 'utf8'), headers });
}

/** What the worker is told of a request before it sends it. */
async function explained(method: string, target: string) {
  const { status, json } = await call({
    method: 'POST',
    url: `${site.control}/api/v1/explain`,
    ca: await readFile(site.caFile, 'utf8'),
    headers: { authorization: `Bearer ${await site.token('worker')}` },
    body: JSON.stringify({ cluster: 'lab', method, target }),
  });
  return [status, json.effect, json.rules];
}

test('an operator reads what is registered and what was done; nobody else does', async () => {
  const { id } = await site.as('worker').call('GET', SETTINGS);
  const operator = await site.provider.token('operator');
  const exchange = (await control(`/api/v1/exchanges/${id}`, operator)).json;
  assert.deepEqual([exchange.principal, exchange.state, exchange.status], ['worker', 'done', 200]);
  const latest = await control('/api/v1/exchanges?agent=worker&limit=5', operator);
  assert.equal(latest.json.items[0].id, id);
  const clusters = (await control('/api/v1/clusters', operator)).json.items;
  assert.deepEqual(
    clusters.map(({ name, connectors }: { name: string; connectors: [] }) => [name, connectors.length]),
    [['lab', 1]],
  );
  const agents = (await control('/api/v1/agents', operator)).json.items;
  assert.deepEqual(agents.map((agent: { id: string }) => agent.id).sort(), ['guest', 'worker']);
  assert.equal((await control('/api/v1/agents', null)).status, 401);
  assert.equal((await control('/api/v1/agents', await site.token('worker'))).status, 403);
  const requests = await recordsOfType('control');
  assert.ok(requests.some(({ route, status }) => route === '/api/v1/exchanges/:id' && status === 200));
});

test('an agent learns by its own token what became of what its kubectl sent, and nothing of what others sent', async () => {
  const { code, stderr } = await site.as('worker').kubectl('create', 'configmap', 'asked-about', '-n', 'demo');
  assert.equal(code, 0, stderr);
  assert.equal((await site.as('worker').kubectl('delete', 'configmap', 'never-was', '-n', 'demo')).code, 1);
  const { id: denied } = await site.as('worker').call('POST', '/api/v1/namespaces/demo/pods/web/exec?command=ls');
  const intents = await recordsOfType('intent');
  const idOf = (wanted: string) =>
    intents.find(({ request }) => request?.verb === wanted)?.exchange ?? assert.fail(`no ${wanted} is on record`);
  const ask = async (agent: string, id: string) => {
    const { status, json } = await control(`/api/v1/exchanges/${id}`, await site.token(agent));
    return [status, json.state, json.status, json.decision?.rules];
  };
  const created = idOf('create');
  assert.deepEqual(await ask('worker', created), [200, 'done', 201, ['lab/works']]);
  assert.deepEqual(await ask('worker', idOf('delete')), [200, 'not done', 404, ['lab/works']]);
  assert.deepEqual((await ask('worker', denied)).slice(0, 3), [200, 'not done', 403]);
  assert.equal((await ask('guest', created))[0], 404);
  assert.deepEqual(await explained('DELETE', `${CONFIG_MAPS}/asked-about`), [200, 'allow', ['lab/works']]);
  assert.deepEqual(await explained('POST', '/api/v1/namespaces/demo/pods/web/exec?command=ls'), [200, 'deny', []]);
});

test('an agent that is taken out of the configuration is refused within seconds', async () => {
  assert.equal(await statusOf('guest'), 200);
  const before = site.config;
  await site.configure(({ agents = [], ...config }) => ({
    ...config,
    agents: agents.filter(({ id }) => id !== 'guest'),
  }));
  await eventually('the guest is refused', async () => (await statusOf('guest')) === 403);
  assert.equal(await statusOf('worker'), 200);
  const [removed] = await recordsOfType('agent.removed');
  assert.equal(removed?.agent, 'guest');
  await site.configure(() => before);
  await eventually('the guest is back', async () => (await statusOf('guest')) === 200);
  const loaded = await recordsOfType('config.loaded');
  assert.equal(loaded.length, 3);
  assert.equal(loaded[2]?.digest, loaded[0]?.digest);
});

test('a configuration that can not be used leaves the last good one in force, and is on record', async () => {
  const good = await readFile(site.configFile, 'utf8');
  await site.writeConfig(`${good}\nsurprise: true\n`);
  const rejected = await eventually(
    'the rejection is on record',
    async () => (await recordsOfType('config.rejected'))[0],
  );
  assert.equal(rejected.problems, 1);
  assert.equal(await statusOf('worker'), 200);
  assert.equal(await site.readiness(), 200);
  await site.writeConfig(good);
});

test('a policy that changes is in force within seconds; one that can not be used is not', async () => {
  const settings = { metadata: { name: 'settings' }, data: { currency: 'EUR' } };
  const write = () => statusOf('worker', 'PUT', SETTINGS, settings);
  assert.equal(await write(), 200);
  await site.writePolicies('lab', policies(READS));
  await eventually('writes are denied', async () => (await write()) === 403);
  await site.writePolicies('lab', 'permit (principal, action');
  const rejected = await eventually(
    'the rejection is on record',
    async () => (await recordsOfType('policy.rejected'))[0],
  );
  assert.ok(rejected.problems >= 1);
  assert.equal(await statusOf('worker'), 200);
  assert.equal(await write(), 403);
  await site.writePolicies('lab', policies(READS_AND_WRITES));
  await eventually('writes pass', async () => (await write()) === 200);
});

test('without a connector the answer is 503 with Retry-After, which kubectl waits out', async () => {
  const watch = await site.as('worker').open('GET', `${CONFIG_MAPS}?watch=true`);
  await site.connectors.get('lab')?.kill();
  assert.equal(await watch.ended, false);
  const refused = await eventually('the tunnel is gone', async () => {
    const answer = await site.as('worker').call('GET', SETTINGS);
    return answer.status === 503 ? answer : undefined;
  });
  assert.equal(refused.headers['retry-after'], '2');
  assert.equal(refused.json.details.retryAfterSeconds, 2);
  const written = await site.as('worker').call('POST', CONFIG_MAPS, { body: { metadata: { name: 'lost' } } });
  assert.equal(written.status, 503);
  const outcomes = (await recordsOfType('outcome')).filter(({ exchange }) => exchange === written.id);
  assert.deepEqual(
    outcomes.map(({ result }) => result),
    ['not sent'],
  );
  const waiting = site.as('worker').kubectl('get', 'configmap', 'settings', '-o', 'name');
  await site.startConnector('lab');
  const { code, stdout, stderr } = await waiting;
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'configmap/settings');
  assert.equal(await statusOf('worker', 'GET', `${CONFIG_MAPS}/lost`), 404);
});

/** A POST of which half the body is sent; the rest follows with `finish`, which resolves to the status. */
async function halfSent(body: string): Promise<{ finish(): Promise<number> }> {
  const headers = {
    authorization: `Bearer ${await site.token('worker')}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    expect: '100-continue',
  };
  const url = `${site.as('worker').server}${CONFIG_MAPS}`;
  const outgoing = request(url, { method: 'POST', headers, ca: await readFile(site.caFile) });
  const answered = once(outgoing, 'response');
  outgoing.flushHeaders();
  // It is asked for its body once it has been identified: from then on it is in flight.
  await once(outgoing, 'continue');
  outgoing.write(body.slice(0, 10));
  return {
    async finish() {
      outgoing.end(body.slice(10));
      const [response] = await answered;
      response.resume();
      return response.statusCode;
    },
  };
}

test('SIGTERM: not ready, GOAWAY, what is in flight finishes, streams are cut after the grace, exit 0', async () => {
  const session = connect(site.data, { ca: await readFile(site.caFile) });
  const read = session.request({
    ':path': `/clusters/lab${SETTINGS}`,
    authorization: `Bearer ${await site.token('worker')}`,
  });
  const [head] = await once(read, 'response');
  assert.equal(head[':status'], 200);
  read.resume();
  await once(read, 'close');
  const watch = await site.as('worker').open('GET', `${CONFIG_MAPS}?watch=true`);
  await watch.lines.find((line) => line.includes('settings'));
  const write = await halfSent(JSON.stringify({ metadata: { name: 'finished' }, data: {} }));

  const goaway = once(session, 'goaway');
  const { gateway } = site;
  gateway.child.kill('SIGTERM');
  await eventually('not ready', async () => (await site.readiness()) === 503);
  await goaway;
  assert.equal(await write.finish(), 201);
  assert.equal(await watch.ended, false);
  assert.equal(await gateway.exited, 0);

  const ends = await recordsOfType('answer.end');
  const cut = ends.find(({ exchange }) => exchange === watch.id);
  assert.equal(cut?.end, 'cut');
  const last = (await site.records()).at(-1)?.record;
  assert.equal(last?.type, 'log.closed');
});

test('a stopped log verifies, and the next gateway goes on where it ended', async () => {
  const { dir, trust } = site.evidence;
  await countersign('evidence', 'verify', dir, '--trust', trust);
  await site.startGateway();
  await eventually('the connector is back', async () => (await statusOf('worker')) === 200);
  assert.equal(await statusOf('worker', 'GET', `${CONFIG_MAPS}/finished`), 200);
  assert.equal((await recordsOfType('log.opened')).length, 2);
});

test('the audit log of the API server and ours join', async (context) => {
  const { both, oneSided } = await assertJoined(site, ['lab']);
  assert.ok(both >= 10);
  context.diagnostic(
    `kube-apiserver ${site.lab('lab').version}: ${both} exchanges on both sides, ${oneSided} refused by us alone`,
  );
});
