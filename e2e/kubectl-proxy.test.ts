// SPDX-License-Identifier: Apache-2.0
// `kubectl proxy` in front of the gateway: a second proxy on the way, which speaks for its caller without a credential.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { nodeSupport } from '@countersign/lab';
import { grantSessions } from './exec/grant-sessions.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { eventually } from './installation/eventually.ts';
import { RunningProcess } from './installation/running-process.ts';
import { type Installation, startInstallation } from './installation.ts';
import { ECHO, FORBIDDEN, runEchoPod } from './port-forward/echo-pod.ts';
import { echoed, forwardArgs, startForward } from './port-forward/forward.ts';

const EXEC = ['exec', '-i', 'web', '--', 'sh', '-c', 'echo out; echo problem >&2; exit 7'];
/** Without it a `kubectl proxy` leaves out the path of its server, at which the gateway has the cluster. */
const KEEPS_PATH = '--append-server-path=true';
const MEGABYTE = 1_048_576;
const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';

const support = await nodeSupport();

let site: Installation;

const policies = `
  @id("discovery") permit (principal is Agent, action == Action::"non-resource", resource);
  @id("reads-demo") permit (principal is Agent, action in Action::"read", resource in Namespace::"demo");
  @id("sessions") permit (principal is Agent, action == Action::"exec", resource in Namespace::"demo");
  @id("forwards") @reveal permit (principal is Agent, action == Action::"portforward", resource in Namespace::"demo");
  @id("no-such-port") forbid (principal, action == Action::"portforward", resource) when { context.port == ${FORBIDDEN} };
`;

/** One of the two ways: what a `kubectl proxy` stands in front of. */
type Way = 'direct' | 'through';

/** Starts a `kubectl proxy`, and resolves with it and where it listens. */
async function startProxy(way: Way, ...more: readonly string[]) {
  const { kubectl, adminKubeconfig } = site.lab('lab');
  const agent = await site.as('fixer').kubectlCommand();
  const env = way === 'direct' ? { ...agent.env, KUBECONFIG: adminKubeconfig } : agent.env;
  const process = new RunningProcess(kubectl, ['proxy', '--port=0', KEEPS_PATH, ...more], env);
  const line = await process.stdout.find((one) => one.startsWith('Starting to serve on '));
  return { process, url: `http://${line.slice('Starting to serve on '.length)}` };
}

/** A kubectl against a `kubectl proxy`, without any credential of its own. */
async function commandThrough(url: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { HOME } = (await site.as('fixer').kubectlCommand()).env;
  return {
    command: site.lab('lab').kubectl,
    args: [`--server=${url}`, '--namespace=demo', ...args],
    env: { PATH: process.env.PATH, HOME, KUBECONFIG: '/dev/null', ...env },
  };
}

/** Runs it to its end. */
async function askThrough(...asked: Parameters<typeof commandThrough>) {
  const { command, args, env } = await commandThrough(...asked);
  const running = new RunningProcess(command, args, env);
  const code = await running.exited;
  return { code, stdout: running.stdout.all, stderr: running.stderr.all };
}

/** What the same gives in front of the API server, and in front of the gateway. */
async function bothWays<T>(
  more: readonly string[],
  ask: (url: string) => Promise<T>,
): Promise<[direct: T, through: T]> {
  const given: T[] = [];
  for (const way of ['direct', 'through'] as const) {
    const { process: proxy, url } = await startProxy(way, ...more);
    try {
      given.push(await ask(url));
    } finally {
      await proxy.stop();
    }
  }
  return given as [T, T];
}

/** The names that a watch tells, up to one that is made while it runs. */
async function watched(url: string): Promise<string[]> {
  const { admin } = site.lab('lab');
  const name = 'made-meanwhile';
  const stop = new AbortController();
  const answer = await fetch(`${url}${CONFIG_MAPS}?watch=true`, { signal: stop.signal });
  assert.equal(answer.status, 200);
  assert.equal((await admin.request('POST', CONFIG_MAPS, { metadata: { name } })).status, 201);
  let told = '';
  for await (const chunk of (answer.body ?? assert.fail('it has a body')).pipeThrough(new TextDecoderStream())) {
    told += chunk;
    if (told.includes(`"${name}"`)) break;
  }
  stop.abort();
  await admin.request('DELETE', `${CONFIG_MAPS}/${name}`);
  return [...new Set(told.match(/"name":"[^"]+"/g))].toSorted();
}

suite('kubectl proxy on a real node', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  before(async () => {
    const clusters = { lab: ['countersign:operators'] };
    const rights = {
      'countersign:operators': [{ apiGroups: [''], resources: ['pods/portforward'], verbs: ['get', 'create'] }],
    };
    site = await startInstallation({
      clusters: { lab: { node: true, policies, rights } },
      organisation: '// nothing',
      agents: { fixer: { clusters } },
    });
    await grantSessions(site.lab('lab'));
    await runEchoPod(site.lab('lab'));
  });
  after(() => site?.stop());

  test('a get and a watch say through it what they say direct', async () => {
    const [direct, through] = await bothWays([], async (url) => {
      const { data } = JSON.parse(await (await fetch(`${url}${CONFIG_MAPS}/settings`)).text());
      const list = await askThrough(url, ['get', 'configmaps', '-o', 'name']);
      return { data, list, watched: await watched(url) };
    });
    assert.deepEqual(through, direct);
    assert.equal(through.list.code, 0);
    assert.ok(through.watched.includes('"name":"made-meanwhile"'));
  });

  for (const isWebSocket of [true, false]) {
    const env = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: `${isWebSocket}` };
    const transport = isWebSocket ? 'WebSocket' : 'SPDY';

    test(`${transport}: it carries an exec where it is told to, on record as any other`, async () => {
      const [direct, through] = await bothWays(['--disable-filter=true'], (url) => askThrough(url, EXEC, env));
      assert.deepEqual(through, direct);
      assert.deepEqual([through.code, through.stdout], [7, ['out']]);
      const end = await eventually('its end is on record', async () =>
        (await site.records()).map(({ record }) => record).findLast(({ type }) => type === 'stream.end'),
      );
      assert.ok(end.type === 'stream.end');
      assert.deepEqual([end.end, end.exitCode], ['complete', 7]);
    });

    test(`${transport}: an exec is refused by the proxy itself unless it is told otherwise`, async () => {
      const [direct, through] = await bothWays([], (url) => askThrough(url, EXEC, env));
      assert.deepEqual(through, direct);
      assert.equal(through.code, 1);
    });
  }

  for (const isWebSocket of [true, false]) {
    test(`${isWebSocket ? 'WebSocket' : 'SPDY'}: it carries a port-forward, whose ports are judged all the same`, async () => {
      const env = { KUBECTL_PORT_FORWARD_WEBSOCKETS: `${isWebSocket}` };
      const data = randomBytes(MEGABYTE);
      const open = await bothWays([], async (url) => {
        const command = await commandThrough(url, forwardArgs([ECHO, FORBIDDEN]), env);
        const { process: forward, ports } = await startForward(command, [ECHO, FORBIDDEN]);
        const [echo = 0, forbidden = 0] = ports;
        assert.equal(Buffer.compare(await echoed(echo, data), data), 0);
        const isOpen = (await echoed(forbidden, Buffer.from('x'))).length > 0;
        await forward.stop();
        return isOpen;
      });
      assert.deepEqual(open, [true, false]);
    });
  }

  test('one that leaves out the path of the cluster is told what it lacks', async () => {
    const { process: proxy, url } = await startProxy('through', '--append-server-path=false');
    try {
      const answer = await fetch(`${url}${CONFIG_MAPS}`);
      assert.equal(answer.status, 404);
      assert.match(await answer.text(), /--append-server-path/);
    } finally {
      await proxy.stop();
    }
  });

  test('what policy forbids is refused in its words', async () => {
    const { process: proxy, url } = await startProxy('through', '--disable-filter=true');
    try {
      const { code, stderr } = await askThrough(url, ['exec', 'web', '-n', 'kube-system', '--', 'true']);
      assert.equal(code, 1);
      assert.match(stderr.join('\n'), /no policy permits it/);
    } finally {
      await proxy.stop();
    }
  });

  test('both logs join', async () => {
    await assertJoined(site, ['lab']);
  });
});
