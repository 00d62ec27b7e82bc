// SPDX-License-Identifier: Apache-2.0
// Runs alone: how long typing takes is compared.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Leaf } from '@countersign/evidence';
import { BUSYBOX_IMAGE, type Lab, nodeSupport } from '@countersign/lab';
import { type ExecSocket, openExecSocket } from './exec/exec-socket.ts';
import { grantSessions } from './exec/grant-sessions.ts';
import { runKubectl } from './exec/run-exec.ts';
import { Terminal, terminalSupport } from './exec/terminal.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { countersign } from './installation/countersign.ts';
import { eventually } from './installation/eventually.ts';
import { type Installation, startInstallation } from './installation.ts';

const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
const JOIN_TOKEN = 'k3zq8w.7hx2mvp4c9rt5bny';
const PASSWORD = 'correct-h0rse-battery';
/** Longer than what is not known to be a credential is held. */
const HOLD_MS = 20;
const KEYS = 40;
const NO_TERMINAL = { skip: 'unavailable' in terminalSupport ? terminalSupport.unavailable : false };

const support = await nodeSupport();

let site: Installation;

const policies = `
  @id("discovery") permit (principal is Agent, action == Action::"non-resource", resource);
  @id("reviews") permit (principal is Agent, action == Action::"create", resource) when { resource.group == "authorization.k8s.io" };
  @id("reads-demo") permit (principal is Agent, action in Action::"read", resource in Namespace::"demo");
  @id("sessions") permit (principal is Agent, action in [Action::"exec", Action::"attach"], resource in Namespace::"demo");
  @id("seen") @reveal permit (principal == Agent::"owner", action in [Action::"exec", Action::"attach"], resource in Namespace::"demo");
`;

const spoken = [
  ['WebSocket', {}],
  ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' }],
] as const;

/**
 * A command that prints a text letter by letter, each in a frame of its own if nothing joins them. Where that is slow, the
 * first letters of a token have gone on before anything tells that they are.
 */
function spelling(text: string): string {
  return `s='${text}'; while [ -n "$s" ]; do r="\${s#?}"; printf %s "\${s%"$r"}"; s="$r"; usleep 5000 2>/dev/null || sleep 0.01; done; echo`;
}

type Of<T extends Leaf['type']> = Extract<Leaf, { type: T }>;

async function lastOf<T extends Leaf['type']>(type: T): Promise<Of<T>> {
  const records = (await site.records()).map(({ record }) => record);
  return (
    records.filter((record): record is Of<T> => record.type === type).at(-1) ?? assert.fail(`no ${type} is on record`)
  );
}

async function maskedIn({ stream }: { readonly stream: string }): Promise<Readonly<Record<string, number>>> {
  const end = await eventually('the end of the stream is on record', async () => {
    const last = await lastOf('stream.end');
    return last.stream === stream ? last : undefined;
  });
  return Object.fromEntries((end.masked ?? []).map(({ rule, count }) => [rule, count]));
}

/** What a recording has of the outputs. */
async function recordedOutput(stream: string): Promise<string> {
  const { dir, keys } = site.evidence;
  const text = await countersign('sessions', 'replay', dir, stream, '--keys', keys, '-o', 'json');
  const frames = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const printed = frames.filter(({ channel }) => channel === 'stdout' || channel === 'stderr');
  return Buffer.concat(printed.map(({ bytes }) => Buffer.from(bytes, 'base64'))).toString();
}

/** No eight letters of it, or fewer, whatever a terminal is told between them. */
function assertHidden(secret: string, text: string, length = 8): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a reader leaves out
  const bare = text.replace(/\u001b\[[0-9;?]*[A-Za-z]|[\0-\u0008\u000b-\u001f]/g, '');
  for (let at = 0; at + length <= secret.length; at++) assert.ok(!bare.includes(secret.slice(at, at + length)), bare);
}

/** Runs a pod that says a line over and over, each time as a whole. */
async function runTalkingPod({ admin }: Lab, name: string, line: string): Promise<void> {
  const command = ['sh', '-c', 'while true; do echo "$LINE"; sleep 1; done'];
  const container = { name: 'main', image: BUSYBOX_IMAGE, command, env: [{ name: 'LINE', value: line }] };
  const spec = { terminationGracePeriodSeconds: 0, containers: [container] };
  await admin.apply([{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'demo' }, spec }]);
  await eventually('it talks', async () => {
    const { body } = await admin.request('GET', `/api/v1/namespaces/demo/pods/${name}/log`);
    return typeof body === 'string' && body.includes(line);
  });
}

async function socket(agent: string, query: string): Promise<ExecSocket> {
  const url = `${site.data}/clusters/lab/api/v1/namespaces/demo/pods/web/exec?${query}`;
  return openExecSocket({ url, caFile: site.caFile, token: await site.token(agent), protocol: 'v5.channel.k8s.io' });
}

suite('exec that is masked, on a real node', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  before(async () => {
    const clusters = { lab: ['countersign:operators'] };
    site = await startInstallation({
      clusters: { lab: { node: true, policies } },
      organisation: '// nothing',
      agents: { fixer: { clusters }, owner: { clusters } },
    });
    await grantSessions(site.lab('lab'));
  });
  after(() => site?.stop());

  test('a review says yes to exec without @reveal, which is masked, and no to a port-forward, which is not', async () => {
    const mayI = async (agent: string, subresource: string) => {
      const asked = ['create', 'pods', `--subresource=${subresource}`, '-n', 'demo'];
      return (await site.as(agent).kubectl('auth', 'can-i', ...asked)).stdout.split(/\s/)[0];
    };
    assert.equal(await mayI('fixer', 'exec'), 'yes');
    assert.equal(await mayI('fixer', 'portforward'), 'no');
    assert.equal(await mayI('owner', 'exec'), 'yes');
  });

  for (const [transport, env] of spoken) {
    test(`${transport}: both outputs are masked, cut in frames or not, and so is the recording`, async () => {
      const script = `echo "login password=${PASSWORD} ok"; ${spelling(`a ${TOKEN} b`)}; (${spelling(`c ${TOKEN} d`)}) >&2; exit 7`;
      const { code, stdout, stderr } = await runKubectl(site.as('fixer'), ['exec', 'web', '--', 'sh', '-c', script], {
        env,
      });
      assert.equal(code, 7, stderr);
      assert.match(
        stdout,
        /^login password=masked-v1-password-[a-z2-7]{26} ok\na (?:ghp?|g)?masked-v1-key-[a-z2-7]{26} b\n$/,
      );
      assert.match(stderr, /^c (?:ghp?|g)?masked-v1-key-[a-z2-7]{26} d\n/);
      const start = await lastOf('stream.start');
      const recorded = await recordedOutput(start.stream);
      for (const secret of [TOKEN, PASSWORD]) assertHidden(secret, stdout + stderr + recorded);
      assert.ok(recorded.includes(stdout.split('\n')[1] ?? ''));
      assert.deepEqual(await maskedIn(start), { 'named-value': 1, 'github-token': 2 });
    });

    test(`${transport}: what holds no credential comes as it is, whatever bytes it is`, async () => {
      const script =
        'i=0; while [ $i -lt 256 ]; do printf "\\\\$(printf %o $i)x"; i=$((i+1)); done; printf "\\033[1mprompt\\033[0m# "';
      const [masked, revealed] = await Promise.all(
        ['fixer', 'owner'].map((agent) =>
          runKubectl(site.as(agent), ['exec', 'web', '--', 'sh', '-c', script], { env }),
        ),
      );
      assert.ok((revealed?.raw.length ?? 0) > 512);
      assert.deepEqual(masked?.raw, revealed?.raw);
    });

    test(`${transport}: an archive passes under @reveal alone, else it is refused before the cluster hears of it`, async () => {
      const refused = await runKubectl(site.as('fixer'), ['cp', 'web:/etc/hostname', await site.file('copy', '')], {
        env,
      });
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /an archive.*needs a permit with @reveal/);
      const refusal = await lastOf('refusal');
      assert.equal(refusal.fault, 'ERR_SESSION_NOT_MASKABLE');
      const audited = (await site.audit('lab')).map(({ auditID }) => auditID);
      assert.ok(!audited.includes(refusal.exchange));
      const copied = await runKubectl(site.as('owner'), ['cp', 'web:/etc/hostname', await site.file('copy', '')], {
        env,
      });
      assert.equal(copied.code, 0, copied.stderr);
    });
  }

  test(
    'a secret that a command prints in a terminal, over many frames, is masked there and in the recording',
    NO_TERMINAL,
    async () => {
      const coloured = `\\033[32m${TOKEN.slice(0, 9)}\\033[0m${TOKEN.slice(9, 20)}\\r${TOKEN.slice(20)}`;
      const script = `${spelling(`token is ${TOKEN} today`)}; printf 'again ${coloured}\\n'; printf 'PASSWORD='; ${spelling(PASSWORD)}; echo all-$((40+2))`;
      const { command, args, env } = await site
        .as('fixer')
        .kubectlCommand('exec', '-it', 'web', '--', 'sh', '-c', script);
      const terminal = new Terminal({ command, args, env, columns: 120, rows: 30 });
      assert.equal(await terminal.exited, 0, terminal.shown);
      assert.match(terminal.shown, /all-42/);
      assert.match(terminal.shown, /token is (?:ghp?|g)?masked-v1-key-[a-z2-7]{26} today/);
      const start = await lastOf('stream.start');
      const recorded = await recordedOutput(start.stream);
      for (const secret of [TOKEN, PASSWORD]) assertHidden(secret, `${terminal.shown}\n${recorded}`);
      assert.match(recorded, /token is (?:ghp?|g)?masked-v1-key-[a-z2-7]{26} today/);
      assert.deepEqual(await maskedIn(start), { 'github-token': 2, 'named-value': 1 });
    },
  );

  for (const pause of ['0.1', '0.7']) {
    test(`a token that is printed in pieces, ${pause} s apart, is never shown nor recorded`, NO_TERMINAL, async () => {
      const cuts = [TOKEN.slice(0, 6), TOKEN.slice(6, 19), TOKEN.slice(19, 31), TOKEN.slice(31)];
      const join = [JOIN_TOKEN.slice(0, 9), JOIN_TOKEN.slice(9, 17), JOIN_TOKEN.slice(17)];
      const slowly = (pieces: readonly string[]) =>
        pieces.map((piece) => `printf %s '${piece}'`).join(`; sleep ${pause}; `);
      const script = `printf 'token is '; ${slowly(cuts)}; echo ' today'; printf 'join '; ${slowly(join)}; echo; echo all-$((40+2))`;
      const { command, args, env } = await site
        .as('fixer')
        .kubectlCommand('exec', '-it', 'web', '--', 'sh', '-c', script);
      const terminal = new Terminal({ command, args, env, columns: 120, rows: 30 });
      assert.equal(await terminal.exited, 0, terminal.shown);
      assert.match(terminal.shown, /all-42/);
      const start = await lastOf('stream.start');
      const recorded = await recordedOutput(start.stream);
      for (const text of [terminal.shown, recorded]) {
        assert.match(text.replaceAll('\r', ''), /^token is masked-v1-key-[a-z2-7]{26} today$/m);
        assertHidden(TOKEN, text, 4);
        assertHidden(JOIN_TOKEN, text, 4);
      }
      assert.deepEqual(await maskedIn(start), { 'github-token': 1, 'bootstrap-token': 1 });
    });
  }

  test(
    'what may be a credential and stays undecided is masked at a pause, and prompts are not',
    NO_TERMINAL,
    async () => {
      const shellOf = async () => {
        const { command, args, env } = await site.as('fixer').kubectlCommand('exec', '-it', 'web', '--', 'sh');
        const terminal = new Terminal({ command, args, env, columns: 120, rows: 30 });
        await terminal.shows('# ');
        return terminal;
      };
      const terminal = await shellOf();
      // What is typed is not the password as such: its echo shows what was typed.
      terminal.type(`a=${PASSWORD.slice(0, 9)}; b=${PASSWORD.slice(9)}; stty -echo\r`);
      terminal.type('printf "root:$a$b@"; sleep 0.7; echo "tcp(db:3306)/x"\r');
      await terminal.shows('tcp(db:3306)/x');
      terminal.type(
        'printf "root@db:~$ "; sleep 0.7; printf "\\nhttp://web:8080"; sleep 0.7; echo /done-$((40+2)); exit\r',
      );
      assert.equal(await terminal.exited, 0, terminal.shown);
      const recorded = await recordedOutput((await lastOf('stream.start')).stream);
      for (const text of [terminal.shown, recorded]) {
        assert.match(text, /root:masked-v1-url-[a-z2-7]{26}@tcp\(db:3306\)\/x/);
        assert.ok(!text.includes(PASSWORD.slice(5, 13)), text);
        assert.ok(text.includes('root@db:~$ '), text);
        assert.ok(text.includes('http://web:8080/done-42'), text);
      }
    },
  );

  test('what is typed is masked where it is echoed', NO_TERMINAL, async () => {
    const { command, args, env } = await site.as('fixer').kubectlCommand('exec', '-it', 'web', '--', 'sh');
    const terminal = new Terminal({ command, args, env, columns: 120, rows: 30 });
    await terminal.shows('# ');
    for (const key of `export API_TOKEN=${PASSWORD}`) terminal.type(key);
    terminal.type(`; echo done-$((40+2))\r`);
    await terminal.shows('done-42');
    terminal.type('exit\r');
    assert.equal(await terminal.exited, 0, terminal.shown);
    assertHidden(PASSWORD, terminal.shown);
    assert.match(terminal.shown, /API_TOKEN=masked-v1-password-/);
  });

  test('what is typed beyond the end of the window is masked in each of its rows', NO_TERMINAL, async () => {
    const { command, args, env } = await site.as('fixer').kubectlCommand('exec', '-it', 'web', '--', 'sh');
    const terminal = new Terminal({ command, args, env, columns: 40, rows: 30 });
    await terminal.shows('# ');
    for (const key of `export API_TOKEN=aa; echo -H x:${TOKEN}`) terminal.type(key);
    terminal.type(' >/dev/null; echo done-$((40+2))\r');
    await terminal.shows('done-42');
    terminal.type('exit\r');
    assert.equal(await terminal.exited, 0, terminal.shown);
    const recorded = await recordedOutput((await lastOf('stream.start')).stream);
    for (const text of [terminal.shown, recorded]) assertHidden(TOKEN.slice(4), text, 5);
  });

  test('a typed letter comes back as quickly as it does where nothing is masked', async (context) => {
    const roundTrips = async (agent: string) => {
      const session = await socket(agent, 'command=cat&stdin=true&stdout=true&tty=true');
      const times: number[] = [];
      for (let i = 0; i < KEYS; i++) {
        const before = session.seen().length;
        const started = performance.now();
        session.stdin(Buffer.from('k'));
        await eventually('its echo', async () => session.seen().length > before, 1);
        times.push(performance.now() - started);
      }
      session.destroy();
      return times.toSorted((a, b) => a - b);
    };
    const [masked, revealed] = [await roundTrips('fixer'), await roundTrips('owner')];
    const median = (times: readonly number[]) => times[KEYS / 2] ?? 0;
    context.diagnostic(`median ${median(masked).toFixed(1)} ms masked, ${median(revealed).toFixed(1)} ms revealed`);
    assert.ok((masked[0] ?? HOLD_MS) < Math.max(HOLD_MS, (revealed[0] ?? 0) * 2), `the quickest took ${masked[0]} ms`);
  });

  test('what is attached to is masked as well, and so is the recording', async () => {
    await runTalkingPod(site.lab('lab'), 'talks', `token ${TOKEN} and password=${PASSWORD} ok`);
    const session = await openExecSocket({
      url: `${site.data}/clusters/lab/api/v1/namespaces/demo/pods/talks/attach?stdout=true`,
      ...{ caFile: site.caFile, token: await site.token('fixer'), protocol: 'v5.channel.k8s.io' },
    });
    const line = /^token masked-v1-key-[a-z2-7]{26} and password=masked-v1-password-[a-z2-7]{26} ok$/m;
    await eventually(
      'the pod has said its line',
      async () => line.test(session.seen()) || session.seen().includes(' ok\n'),
    );
    session.destroy();
    assert.match(session.seen(), line);
    const start = await lastOf('stream.start');
    assert.ok(start.request?.kind === 'resource');
    assert.equal(start.request.subresource, 'attach');
    const masked = await maskedIn(start);
    assert.deepEqual(Object.keys(masked).sort(), ['github-token', 'named-value']);
    assert.ok(Object.values(masked).every((count) => count > 0));
    const recorded = await recordedOutput(start.stream);
    assert.match(recorded, line);
    for (const secret of [TOKEN, PASSWORD]) assertHidden(secret, session.seen() + recorded);
  });

  test('both logs join', async () => {
    await assertJoined(site, ['lab']);
  });
});
