// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Leaf } from '@countersign/evidence';
import { BUSYBOX_IMAGE, nodeSupport } from '@countersign/lab';
import { openExecSocket } from './exec/exec-socket.ts';
import { runKubectl } from './exec/run-exec.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';
import { ECHO, runEchoPod } from './port-forward/echo-pod.ts';
import { echoed, forwardAs } from './port-forward/forward.ts';

const PODS = '/api/v1/namespaces/demo/pods';
const HANDSHAKE = {
  ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
  ...{ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
};

const support = await nodeSupport();

let site: Installation;

const policies = `
  @id("discovery") permit (principal is Agent, action == Action::"non-resource", resource);
  @id("reads-demo") permit (principal is Agent, action in Action::"read", resource in Namespace::"demo");
  @id("sessions") @reveal permit (principal is Agent, action in Action::"connect", resource in Namespace::"demo");
  @id("writes") permit (principal is Agent, action in Action::"write", resource in Namespace::"demo");
  @id("no-code") @reason("It runs nothing in pods.") forbid (principal == Agent::"writer", action in Action::"connect", resource);
  @id("no-protected") forbid (principal == Agent::"heedful", action in Action::"connect", resource)
  when { context has live && context.live.labels.contains({ key: "app", value: "web" }) };
  @id("no-main") forbid (principal == Agent::"contained", action in Action::"connect", resource)
  when { context has container && context.container == "main" };
`;

/** How a stock kubectl is made to speak. */
const spoken = [
  ['WebSocket', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'true', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'true' }],
  ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }],
] as const;

type Of<T extends Leaf['type']> = Extract<Leaf, { type: T }>;

async function allOf<T extends Leaf['type']>(type: T): Promise<Of<T>[]> {
  const records = (await site.records()).map(({ record }) => record);
  return records.filter((record): record is Of<T> => record.type === type);
}

/** What the cluster said to what was asked of it for the sake of an exchange. */
async function askedBesides(exchange: string | undefined, why: Of<'upkeep'>['purpose']) {
  const asked = (await allOf('upkeep')).filter(({ parent, purpose }) => parent === exchange && purpose === why);
  return asked.map(({ status }) => status);
}

/** The verbs by which the cluster was asked as that exchange, and what it said. */
async function auditedAs(exchange: string | undefined) {
  const events = (await site.audit('lab')).filter(({ auditID }) => auditID === exchange);
  return new Set(events.map(({ verb, responseStatus }) => `${verb} ${responseStatus?.code}`));
}

suite('what lets a session be', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  before(async () => {
    const kinds = ['pods/exec', 'pods/attach', 'pods/portforward'];
    const rights = {
      'countersign:operators': [
        { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
        { apiGroups: [''], resources: kinds, verbs: ['get', 'create'] },
      ],
      'countersign:creators': [
        { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
        { apiGroups: [''], resources: kinds, verbs: ['create'] },
      ],
      'countersign:writers': [
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: [''], resources: kinds, verbs: ['get', 'create'] },
        { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['get', 'patch', 'update'] },
      ],
      'countersign:lookers': [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    };
    site = await startInstallation({
      clusters: { lab: { node: true, policies, rights } },
      organisation: '// nothing',
      agents: {
        heedful: { clusters: { lab: ['countersign:operators'] } },
        creator: { clusters: { lab: ['countersign:creators'] } },
        debugs: { clusters: { lab: ['countersign:writers'] } },
        writer: { clusters: { lab: ['countersign:writers'] } },
        contained: { clusters: { lab: ['countersign:operators'] } },
        looker: { clusters: { lab: ['countersign:lookers'] } },
      },
    });
    await runEchoPod(site.lab('lab'));
    const containers = ['one', 'main'].map((name) => ({ name, image: BUSYBOX_IMAGE }));
    const two = { metadata: { name: 'two' }, spec: { containers } };
    assert.equal((await site.lab('lab').admin.request('POST', PODS, two)).status, 201);
  });
  after(() => site?.stop());

  for (const [transport, env] of spoken) {
    test(`${transport}: exec and port-forward work where the cluster grants create and not get, as direct`, async () => {
      const caller = site.as('creator');
      const { code, stdout, stderr } = await runKubectl(caller, ['exec', 'web', '--', 'sh', '-c', 'echo in; exit 7'], {
        env,
      });
      assert.deepEqual([code, stdout], [7, 'in\n'], stderr);
      const forward = await forwardAs(caller, [ECHO], env);
      assert.equal((await echoed(forward.ports[0] ?? 0, Buffer.from('a'))).toString(), 'a');
      await forward.process.stop();
      const [exec, ports] = await eventually('both ends are on record', async () => {
        const ends = (await allOf('stream.end')).slice(-2);
        return ends[1]?.ports && ends;
      });
      for (const end of [exec, ports])
        assert.deepEqual(await askedBesides(end?.exchange, 'second-attempt'), [101], 'both attempts are on record');
      const decided = (await allOf('intent')).filter(({ exchange }) => exchange === exec?.exchange);
      assert.equal(decided.length, 1, 'both are one decision');
    });

    test(`${transport}: what neither right lets is told in the words of the cluster`, async () => {
      const { code, stderr } = await runKubectl(site.as('looker'), ['exec', 'web', '--', 'true'], { env });
      assert.equal(code, 1);
      assert.match(stderr, /cannot create resource "pods\/exec"/);
      const { exchange } = (await allOf('intent')).at(-1) ?? {};
      assert.deepEqual(await askedBesides(exchange, 'second-attempt'), [403]);
    });
  }

  test('attach works where the cluster grants create and not get', async () => {
    const url = `${site.data}/clusters/lab${PODS}/web/attach?stdout=true`;
    const token = await site.token('creator');
    const session = await openExecSocket({ url, caFile: site.caFile, token, protocol: 'v5.channel.k8s.io' });
    await eventually('the pod has said something', async () => session.seen().includes(' shipped'));
    session.destroy();
  });

  for (const [what, query, protocol] of [
    ['exec', 'command=true&stdout=true', 'v5.channel.k8s.io'],
    ['attach', 'stdout=true', 'v5.channel.k8s.io'],
    ['portforward', '', 'SPDY/3.1+portforward.k8s.io'],
  ] as const) {
    const ask = (pod: string) =>
      site.as('heedful').call('GET', `${PODS}/${pod}/${what}?${query}`, {
        headers: { ...HANDSHAKE, 'sec-websocket-protocol': protocol },
      });

    test(`${what}: a rule about the labels of the pod holds`, async () => {
      const answer = await ask('web');
      assert.equal(answer.status, 403, answer.text);
      assert.match(answer.json.message, /no-protected/);
      assert.deepEqual(await askedBesides(answer.id, 'live-object'), [200]);
      assert.deepEqual(await auditedAs(answer.id), new Set());
    });

    test(`${what}: of a pod that a rule would look at, and that is not there, nothing is asked`, async () => {
      const answer = await ask('absent');
      assert.equal(answer.status, 404, answer.text);
      assert.equal(answer.json.details.causes[0].reason, 'ERR_OBJECT_ABSENT');
      assert.deepEqual(await askedBesides(answer.id, 'live-object'), [404]);
      assert.deepEqual(await auditedAs(answer.id), new Set());
    });
  }

  test('a pod that no rule forbids by its labels is connected to', async () => {
    const { code, stderr } = await runKubectl(site.as('heedful'), ['exec', 'ports', '--', 'true']);
    assert.equal(code, 0, stderr);
  });

  for (const [what, query] of [
    ['exec', 'command=echo&command=in&stdout=true'],
    ['exec', 'command=echo&command=in&stdout=true&container='],
    ['attach', 'stdout=true'],
  ] as const) {
    const headers = { ...HANDSHAKE, 'sec-websocket-protocol': 'v5.channel.k8s.io' };

    test(`${what}?${query}: who names no container is in the only one, and a rule about it holds`, async () => {
      const answer = await site.as('contained').call('GET', `${PODS}/ports/${what}?${query}`, { headers });
      assert.equal(answer.status, 403, answer.text);
      assert.match(answer.json.message, /no-main/);
      assert.deepEqual(await askedBesides(answer.id, 'live-object'), [200]);
      assert.deepEqual(await auditedAs(answer.id), new Set());
    });

    test(`${what}?${query}: of several containers it names one, or is told to`, async () => {
      const answer = await site.as('contained').call('GET', `${PODS}/two/${what}?${query}`, { headers });
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.json.message, /several containers: one, main/);
      assert.deepEqual(await auditedAs(answer.id), new Set());
    });
  }

  test('a container that no rule forbids is the one that is sent, and on record', async () => {
    const url = `${site.data}/clusters/lab${PODS}/web/exec?command=echo&command=in&stdout=true`;
    const token = await site.token('contained');
    const session = await openExecSocket({ url, caFile: site.caFile, token, protocol: 'v5.channel.k8s.io' });
    const { stdout, status } = await session.end;
    assert.deepEqual([stdout.toString(), status.status], ['in\n', 'Success']);
    const { body: pod } = await site.lab('lab').admin.request('GET', `${PODS}/web`);
    const { name } = pod.spec.containers[0];
    const started = await eventually('it is on record', async () =>
      (await allOf('stream.start')).find(({ exchange }) => exchange === session.id),
    );
    assert.equal(started.container, name);
    const sent = (await site.audit('lab')).filter(({ auditID }) => auditID === session.id);
    assert.ok(sent.length > 0);
    for (const { requestURI } of sent) assert.equal(new URL(requestURI, url).searchParams.get('container'), name);
  });

  test('one rule keeps an agent from running code in a pod, whatever way it tries, and ephemeral containers are one', async () => {
    const debug = (name: string) => [
      'debug',
      'ports',
      `--image=${BUSYBOX_IMAGE}`,
      '-c',
      name,
      '--attach=false',
      '--',
      'true',
    ];
    const containers = async () => {
      const { body } = await site.lab('lab').admin.request('GET', `${PODS}/ports`);
      const found: readonly { readonly name: string }[] = body.spec.ephemeralContainers ?? [];
      return found.map(({ name }) => name);
    };
    for (const args of [
      ['exec', 'ports', '--', 'true'],
      ['attach', 'ports'],
      ['port-forward', 'pod/ports', `:${ECHO}`],
      debug('kept-out'),
    ]) {
      const { code, stderr } = await runKubectl(site.as('writer'), args);
      assert.equal(code, 1, args.join(' '));
      assert.match(stderr, /It runs nothing in pods/, args.join(' '));
    }
    assert.deepEqual(await containers(), []);
    const refused = (await allOf('refusal')).at(-1);
    assert.ok(refused?.request?.kind === 'resource');
    assert.deepEqual([refused.request.verb, refused.request.subresource], ['patch', 'ephemeralcontainers']);
    assert.deepEqual(await auditedAs(refused.exchange), new Set());
    const { code, stderr } = await runKubectl(site.as('debugs'), debug('let-in'));
    assert.equal(code, 0, stderr);
    assert.deepEqual(await containers(), ['let-in'], 'the same is done where no rule forbids it');
    const rules = (await allOf('intent')).at(-1)?.decision.rules.map(({ id }) => id);
    assert.deepEqual(rules, ['writes', 'sessions']);
  });

  test('both logs join', async () => {
    await assertJoined(site, ['lab']);
  });
});
