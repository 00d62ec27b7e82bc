// SPDX-License-Identifier: Apache-2.0
// Runs alone: what is under way ends within a second.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OpenAnswer } from './installation/call.ts';
import type { Caller } from './installation/caller.ts';
import { controlFlags } from './installation/control-flags.ts';
import { countersign, runCountersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const READERS = 'countersign:readers';
const READS = '@id("reads") permit (principal is Agent, action in Action::"read", resource);';
/** From what an operator did to the end of what was under way, as both are on record. */
const WITHIN_MS = 1_000;

let site: Installation;
/** The agent at the cluster that is registered while the gateway runs: the lab, by another name. */
let east: Caller;

before(async () => {
  site = await startInstallation({
    clusters: { lab: { policies: READS } },
    agents: { scribe: { clusters: { lab: [READERS] } } },
    configure: (config) => ({ ...config, agents: [] }),
  });
  east = site.as('scribe', { cluster: 'east', kubectl: site.lab('lab').kubectl });
});
after(() => site?.stop());

const clusters = (...args: readonly string[]) => ['clusters', ...args, ...controlFlags(site, 'operator')];
const agents = (...args: readonly string[]) => ['agents', ...args, ...controlFlags(site, 'operator')];

const toldOf = async () => {
  const { status, json } = await east.call('GET', CONFIG_MAPS);
  return [status, status === 200 ? '' : json.message] as const;
};

async function openWatch(): Promise<OpenAnswer> {
  const watch = await east.open('GET', `${CONFIG_MAPS}?watch=true`);
  assert.equal(watch.status, 200);
  await watch.lines.find(() => true);
  return watch;
}

/** How a watch was ended, and how long after what ended it. */
async function endOf(watch: OpenAnswer, since: number) {
  assert.equal(await watch.ended, false, 'it is cut, and does not end cleanly');
  const end = await eventually('its end is on record', async () =>
    (await site.records())
      .map(({ record }) => record)
      .find((record) => record.type === 'answer.end' && record.exchange === watch.id),
  );
  return { end: end.type === 'answer.end' && [end.end, end.reason], ms: Date.parse(end.ts) - since };
}

const connectorsOf = async (): Promise<readonly unknown[]> =>
  JSON.parse(await countersign(...clusters('show', 'east', '-o', 'json'))).connectors;

/** What is on record of the cluster and its connectors, of these types. */
async function recorded(prefix: 'cluster.' | 'connector.') {
  return (await site.records()).flatMap(({ record }) =>
    'cluster' in record && record.cluster === 'east' && record.type.startsWith(prefix) ? [record] : [],
  );
}

const timeOf = async (type: string) =>
  Date.parse((await recorded('cluster.')).findLast((record) => record.type === type)?.ts ?? '');

test('a cluster is registered while the gateway runs: its own policies, connector and agents; all of it is there after a restart', async () => {
  const who = ['--owner', 'ada@example.com', '--purpose', 'Writes notes', '--subject', 'scribe'];
  const at = ['--agent-issuer', site.provider.issuer];
  const early = await runCountersign(...agents('register', 'scribe', ...who, ...at, '--cluster', `east=${READERS}`));
  assert.match(early.stderr, /no cluster is named "east"/);
  assert.match(
    await countersign(...clusters('register', 'east', '--description', 'The lab, by another name')),
    /^cluster east is registered/,
  );
  await countersign(...agents('register', 'scribe', ...who, ...at, '--cluster', `east=${READERS}`));
  const [unjudged, why] = await toldOf();
  assert.equal(unjudged, 503, why);
  assert.match(why, /could not evaluate policy/);

  await site.writePolicies('east', READS);
  await site.startConnector('east', { kubeconfig: site.lab('lab').connectorKubeconfig });
  await eventually('its policies are in force', async () => ((await toldOf())[0] === 200 ? true : undefined));
  const { code, stdout } = await east.kubectl('get', 'configmaps', '-n', 'demo', '-o', 'name');
  assert.deepEqual([code, stdout.includes('configmap/settings')], [0, true]);

  await site.gateway.stop();
  await site.startGateway();
  await site.hasConnectors('east', 1);
  assert.deepEqual(await toldOf(), [200, '']);
  assert.match(await countersign(...clusters('list')), /east +enabled +east-[0-9a-f]+ .*The lab, by another name/);
});

test('a disabled cluster ends what is under way within a second, says so, and lets no connector in, until it is enabled', async () => {
  const { tokenFile, caFile } = await site.joinToken('east');
  const watch = await openWatch();
  assert.equal(await countersign(...clusters('disable', 'east')), 'cluster east is disabled');
  const { end, ms } = await endOf(watch, await timeOf('cluster.disabled'));
  assert.deepEqual(end, ['cut', 'ERR_CLUSTER_DISABLED']);
  assert.ok(ms >= 0 && ms < WITHIN_MS, `${ms} ms`);
  const { code, stderr } = await east.kubectl('get', 'configmaps', '-n', 'demo');
  assert.equal(code, 1);
  assert.match(stderr, /Forbidden.*this cluster is disabled at the gateway/s);
  assert.equal((await site.as('scribe').call('GET', CONFIG_MAPS)).status, 403, 'it has no other cluster');

  await eventually('it has no connector', async () => {
    const { state, connectors } = JSON.parse(await countersign(...clusters('show', 'east', '-o', 'json')));
    return state === 'disabled' && connectors.length === 0 ? true : undefined;
  });
  await eventually('its connector is refused', async () =>
    site.connectors.get('east')?.output.includes('the cluster east is disabled here') ? true : undefined,
  );
  assert.match(
    (await runCountersign(...clusters('join-token', 'east', '--out', 'x', '--ca-out', 'y'))).stderr,
    /disabled/,
  );

  assert.equal(await countersign(...clusters('enable', 'east')), 'cluster east is enabled');
  await site.hasConnectors('east', 1);
  assert.deepEqual(await toldOf(), [200, '']);
  const late = await runCountersign(
    'connector',
    ...['--gateway', `127.0.0.1:${site.config.listeners.tunnel.port}`, '--state', `${tokenFile}-state`],
    ...['--kubeconfig', site.lab('lab').connectorKubeconfig, '--join-file', tokenFile, '--ca', caFile],
  );
  assert.notEqual(late.code, 0);
  assert.match(`${late.stdout}${late.stderr}`, /ERR_TUNNEL_TOKEN_EXPIRED|join token expired/);
});

test('a cluster whose time is over may not be called, and its streams end with it', async () => {
  const watch = await openWatch();
  const soon = Date.now() + 15_000;
  // A change ends what goes on by the old entry of an agent, but not by that of a cluster.
  await countersign(...clusters('update', 'east', '--expires', new Date(soon).toISOString()));
  const { end, ms } = await endOf(watch, soon);
  assert.deepEqual(end, ['cut', 'ERR_CLUSTER_DISABLED']);
  assert.ok(ms >= 0 && ms < WITHIN_MS, `${ms} ms`);
  const [status, why] = await toldOf();
  assert.deepEqual([status, /its registration has expired/.test(why)], [403, true]);
  await eventually('its connectors are cut', async () => (await connectorsOf()).length === 0);
  await countersign(...clusters('update', 'east', '--expires', 'never'));
  await site.hasConnectors('east', 1);
  assert.deepEqual(await toldOf(), [200, '']);
});

test('a removed cluster ends what is under way; registered again, it has neither its connectors nor its agents', async () => {
  const watch = await openWatch();
  assert.equal(await countersign(...clusters('remove', 'east')), 'cluster east is removed');
  const { end, ms } = await endOf(watch, await timeOf('cluster.removed'));
  assert.deepEqual(end, ['cut', 'ERR_CLUSTER_NOT_GRANTED']);
  assert.ok(ms >= 0 && ms < WITHIN_MS, `${ms} ms`);
  assert.match((await toldOf())[1], /or there is no such cluster/);
  await countersign(...clusters('register', 'east'));
  await eventually('its connector is refused for good', async () =>
    site.connectors.get('east')?.output.includes('the client certificate was revoked') ? true : undefined,
  );
  assert.equal((await toldOf())[0], 403);
  assert.deepEqual(await connectorsOf(), []);
  await countersign(...clusters('remove', 'east'));

  const told = (await recorded('cluster.')).map((record) => [record.type, 'by' in record && record.by]);
  assert.deepEqual(
    told,
    ['registered', 'disabled', 'enabled', 'changed', 'changed', 'removed', 'registered', 'removed'].map((what) => [
      `cluster.${what}`,
      'operator',
    ]),
  );
  const cut = (await recorded('connector.')).flatMap((record) =>
    record.type === 'connector.disconnected' ? [record.reason] : [],
  );
  assert.deepEqual(
    cut
      .filter((reason) => reason !== 'closed-by-connector' && reason !== 'gateway-stopping')
      .map((reason) => (reason === 'cluster-not-registered' ? 'certificate-revoked' : reason)),
    ['cluster-disabled', 'cluster-disabled', 'certificate-revoked'],
    'whichever of the two is seen first, for both are so at once',
  );
  const { dir, trust } = site.evidence;
  assert.match(await countersign('evidence', 'verify', dir, '--trust', trust), /VERIFIED/);
});

test('a cluster of the configuration file stays as it is there', async () => {
  const declared = await runCountersign(...clusters('disable', 'lab'));
  assert.equal(declared.code, 1);
  assert.match(declared.stderr, /configuration file: change it there, or lock it/);
  await site.configure((config) => ({ ...config, clusters: [{ name: 'lab', disabled: true }] }));
  await eventually('it is disabled there', async () =>
    /lab +disabled/.test(await countersign(...clusters('list'))) ? true : undefined,
  );
});
