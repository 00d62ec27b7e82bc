// SPDX-License-Identifier: Apache-2.0
// Programs that know nothing of countersignatures wait for one: what client-go and helm make of each answer.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { clientPackageDir, clientPrograms, labCacheDir } from '@countersign/lab';
import type { ApprovalView } from '@countersign/wire';
import { Approver } from './approvals/approver.ts';
import { heldFor } from './approvals/held-for.ts';
import { storyOf } from './approvals/story-of.ts';
import { ClientProcess } from './clients/client-process.ts';
import { gatewayKubeconfig } from './clients/kubeconfigs.ts';
import { buildGo } from './fixtures/build-go.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/demo/deployments';
const MERGE = 'application/merge-patch+json';
const EVERYTHING = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
const CLIENT_GO = fileURLToPath(new URL('./clients/client-go', import.meta.url));
/** Nobody is told to come back, but where a test is about that. */
const HOLD_MS = 60_000;
const SHORT_HOLD_MS = 500;

const POLICIES = `
@id("all") @reveal permit (principal, action, resource);
@id("ask-changes")
@approval("approvers")
forbid (principal, action == Action::"patch", resource)
when { resource.resource == "deployments" };
@id("ask-briefly")
@approval("approvers")
@ttl("2s")
forbid (principal, action == Action::"patch", resource)
when { resource.resource == "deployments" && resource.name like "*-brief" };
`;

/** Beside what the charts of helm put in the place of a word. */
function deployment(name: string, replicas: unknown) {
  const labels = { app: name };
  const spec = { containers: [{ name: 'c', image: 'example.invalid/none' }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

let site: Installation;
let grace: Approver;
let kubeconfig: string;

before(async () => {
  site = await startInstallation({
    organisation: '// the cluster has all',
    clusters: { lab: { policies: POLICIES, rights: { 'countersign:workers': EVERYTHING } } },
    agents: { worker: { clusters: { lab: ['countersign:workers'] } } },
    people: { grace: ['approvers'] },
    configure: heldFor(HOLD_MS),
  });
  grace = await Approver.of(site, 'grace');
  kubeconfig = await gatewayKubeconfig(site, 'worker');
});
after(() => site?.stop());

const admin = () => site.lab('lab').admin;

async function replicasOf(name: string): Promise<unknown> {
  const { status, body } = await admin().request('GET', `${DEPLOYMENTS}/${name}`);
  assert.equal(status, 200, JSON.stringify(body));
  return (body as { spec: { replicas: unknown } }).spec.replicas;
}

async function changed(name: string, patch: object, subresource = ''): Promise<void> {
  const { status, body } = await admin().request('PATCH', `${DEPLOYMENTS}/${name}${subresource}`, patch, MERGE);
  assert.equal(status, 200, JSON.stringify(body));
}

/** Audit ids of what the API server was asked to change for the agent, but for dry runs. */
async function writes(name: string): Promise<readonly string[]> {
  const events = (await site.audit('lab')).filter(
    ({ verb, objectRef, impersonatedUser, requestURI }) =>
      verb === 'patch' && objectRef?.name === name && impersonatedUser && !requestURI.includes('dryRun=All'),
  );
  return [...new Set(events.map(({ auditID }) => auditID))];
}

/** How a client is told to give a deployment its second replica. */
interface Way {
  readonly name: string;
  /** Builds or finds its program. */
  readonly load: () => Promise<string>;
  /** Makes a deployment of one replica. */
  readonly given: (program: string, deployment: string) => Promise<void>;
  readonly args: (deployment: string) => readonly string[];
  /** Does what must be done before it can be run again where it was killed. */
  readonly mend: (program: string, deployment: string) => Promise<void>;
}

const clientGo: Way = {
  name: 'client-go',
  load: () => buildGo(CLIENT_GO, site.dir, 'client-go'),
  given: async (_program, name) => {
    const { status, body } = await admin().request('POST', DEPLOYMENTS, deployment(name, 1));
    assert.equal(status, 201, JSON.stringify(body));
  },
  args: (name) => ['--namespace=demo', 'scale', name],
  mend: async () => {},
};

const chartOf = (name: string) => join(site.dir, `chart-${name}`);

async function writeChart(name: string): Promise<void> {
  await mkdir(join(chartOf(name), 'templates'), { recursive: true });
  const template = JSON.stringify(deployment(name, 'REPLICAS')).replace('"REPLICAS"', '{{ .Values.replicas }}');
  const files = {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    'values.yaml': 'replicas: 1\n',
    'templates/deployment.yaml': template,
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(chartOf(name), file), text);
}

const helm: Way = {
  name: 'helm',
  load: async () => (await clientPrograms(clientPackageDir(), labCacheDir())).helm,
  given: async (program, name) => {
    await writeChart(name);
    // Past the gateway: it applies what is not there yet, and would wait for that too.
    await isDoneAsAdmin(program, 'install', '--namespace=demo', name, chartOf(name));
  },
  args: (name) => ['upgrade', '--namespace=demo', name, chartOf(name), '--set', 'replicas=2'],
  mend: (program, name) => isDoneAsAdmin(program, 'rollback', '--namespace=demo', name, '1'),
};

async function isDoneAsAdmin(program: string, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await start(program, args, site.lab('lab').adminKubeconfig).result();
  assert.equal(code, 0, stderr);
}

function start(program: string, args: readonly string[], as = kubeconfig): ClientProcess {
  const env = { PATH: process.env.PATH, HOME: site.dir, KUBECONFIG: as };
  return new ClientProcess({ program, args, cwd: site.dir, env });
}

async function find(name: string, isIt: (approval: ApprovalView) => boolean): Promise<ApprovalView | undefined> {
  const all = await grace.list('all');
  return all.find((one) => one.action === `patch deployments.apps ${name} in namespace demo` && isIt(one));
}

async function says(verb: 'approve' | 'deny', approval: ApprovalView, reason = ''): Promise<void> {
  const { status, text } = await grace.say(verb, approval, reason);
  assert.equal(status, 200, text);
}

/** Whether an exchange that waited for an approval, or the one that asked for it, was refused so. */
async function hasRefused({ id, exchange }: ApprovalView, status: number): Promise<boolean> {
  const refusals = (await site.records()).flatMap(({ record }) => (record.type === 'refusal' ? [record] : []));
  return refusals.some((one) => (one.approval === id || one.exchange === exchange) && one.status === status);
}

for (const way of [clientGo, helm]) {
  suite(way.name, () => {
    let program: string;
    before(async () => {
      program = await way.load();
    });

    const nameOf = (what: string) => `${way.name}-${what}`;

    /** One that waits, and what it waits for. */
    async function waiting(what: string) {
      const name = nameOf(what);
      await way.given(program, name);
      const client = start(program, way.args(name));
      const ended = client.result();
      const early = ended.then(({ stdout, stderr }) => assert.fail(`it did not wait: ${stdout}${stderr}`));
      const waits = eventually(`${name} waits`, () => find(name, ({ state }) => state === 'pending'));
      return { name, client, ended, approval: await Promise.race([waits, early]) };
    }

    async function assertDone(name: string, approval: ApprovalView): Promise<void> {
      assert.equal(await replicasOf(name), 2);
      const used = await find(name, ({ state }) => state === 'used');
      assert.equal(used?.id, approval.id);
      assert.deepEqual(await writes(name), [used?.usedBy]);
    }

    async function assertNotDone(name: string): Promise<void> {
      assert.deepEqual([await writes(name), await replicasOf(name)], [[], 1]);
    }

    test('goes on where somebody approves, and its change is made once', async () => {
      const { name, ended, approval } = await waiting('approved');
      await assertNotDone(name);
      await says('approve', approval);
      const { code, stderr } = await ended;
      assert.equal(code, 0, stderr);
      await assertDone(name, approval);
      const used = await find(name, ({ id }) => id === approval.id);
      const records = (await site.records()).map(({ record }) => record);
      const story = ['approval.asked', 'approval.approved', 'approval.used', 'intent', 'outcome'];
      assert.deepEqual(used && storyOf(used, records), story);
    });

    test('shows why it was denied', async () => {
      const { name, ended, approval } = await waiting('denied');
      await says('deny', approval, 'one is enough');
      const { code, stderr } = await ended;
      assert.equal(code, 1);
      assert.match(stderr, /one is enough/);
      await assertNotDone(name);
    });

    test('shows that nobody has said anything in time', async () => {
      const name = nameOf('brief');
      await way.given(program, name);
      const { code, stderr } = await start(program, way.args(name)).result();
      assert.equal(code, 1);
      const [, id] = /nobody countersigned approval (\S+) in time/.exec(stderr) ?? assert.fail(stderr);
      assert.equal((await find(name, (one) => one.id === id))?.state, 'expired');
      await assertNotDone(name);
    });

    test('goes on where only the status of the object has changed meanwhile', async () => {
      const { name, ended, approval } = await waiting('status');
      await changed(name, { status: { observedGeneration: 1 } }, '/status');
      await says('approve', approval);
      const { code, stderr } = await ended;
      assert.equal(code, 0, stderr);
      await assertDone(name, approval);
    });

    test('shows what has changed of the object meanwhile', async () => {
      const { name, ended, approval } = await waiting('moved');
      await changed(name, { spec: { replicas: 3 } });
      await says('approve', approval);
      const { code, stderr } = await ended;
      assert.equal(code, 1);
      // That is what an approved change says of itself; of an apply, the API server of who owns the field by now.
      assert.match(stderr, /spec\.replicas/);
      assert.ok(await hasRefused(approval, 409));
      assert.deepEqual([await writes(name), await replicasOf(name)], [[], 3]);
    });

    test('that is gone has nothing done for it, and goes on when it comes back', async () => {
      const { name, client, ended, approval } = await waiting('gone');
      client.kill();
      await ended;
      await eventually('the gateway knows that it is gone', async () =>
        (await site.records()).some(
          ({ record }) =>
            record.type === 'refusal' && record.fault === 'ERR_CALLER_GONE' && record.exchange === approval.exchange,
        ),
      );
      await says('approve', approval);
      await assertNotDone(name);
      await way.mend(program, name);
      const { code, stderr } = await start(program, way.args(name)).result();
      assert.equal(code, 0, stderr);
      await assertDone(name, approval);
    });
  });
}

suite('told to come back', () => {
  before(async () => {
    await site.configure((config) => ({ ...config, approvals: { holdMs: SHORT_HOLD_MS } }));
    const probe = 'probe';
    await clientGo.given('', probe);
    const body = JSON.stringify({ spec: { replicas: 2 } });
    // Until it is in force it is held for longer than that.
    const options = { body, contentType: MERGE, timeoutMs: 4 * SHORT_HOLD_MS };
    const tried = () => site.as('worker').call('PATCH', `${DEPLOYMENTS}/${probe}`, options);
    await eventually('that is in force', async () => (await tried().catch(() => undefined))?.status === 429);
  });

  for (const way of [clientGo, helm]) {
    test(`${way.name} comes back by itself, and its change is made once`, async () => {
      const [name, program] = [`${way.name}-late`, await way.load()];
      await way.given(program, name);
      const ended = start(program, way.args(name)).result();
      const approval = await eventually(`${name} waits`, () => find(name, ({ state }) => state === 'pending'));
      await eventually('it is told to come back', () => hasRefused(approval, 429));
      await says('approve', approval);
      const { code, stderr } = await ended;
      assert.equal(code, 0, stderr);
      assert.equal(await replicasOf(name), 2);
      assert.deepEqual(await writes(name), [(await find(name, ({ id }) => id === approval.id))?.usedBy]);
    });
  }
});

test('both logs tell of the same requests', async () => {
  await assertJoined(site, ['lab']);
});
