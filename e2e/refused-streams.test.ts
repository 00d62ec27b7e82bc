// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Leaf } from '@countersign/evidence';
import { nodeSupport } from '@countersign/lab';
import { grantSessions } from './exec/grant-sessions.ts';
import { runKubectl } from './exec/run-exec.ts';
import { tryUpgrade, type UpgradeAnswer, type UpgradeTransport } from './fixtures/try-upgrade.ts';
import { askedOfKubelet } from './installation/asked-of-kubelet.ts';
import { assertJoined } from './installation/assert-joined.ts';
import { countersign } from './installation/countersign.ts';
import { verdictOf } from './installation/verdict-of.ts';
import { type Installation, startInstallation } from './installation.ts';
import { ECHO, FORBIDDEN, runEchoPod } from './port-forward/echo-pod.ts';
import { echoed, forwardAs } from './port-forward/forward.ts';

const PATH = '/api/v1/namespaces/demo/pods/web';

const support = await nodeSupport();

let site: Installation;

const policies = `
  @id("discovery") permit (principal is Agent, action == Action::"non-resource", resource);
  @id("reads-demo") permit (principal is Agent, action in Action::"read", resource in Namespace::"demo");
  @id("streams") @reveal permit (principal, action in [Action::"exec", Action::"portforward"], resource in Namespace::"demo");
  @id("no-mounts") @reason("Mounts are not yours to see.") forbid (principal, action == Action::"exec", resource)
  when { context.program == "mount" };
  @id("no-such-port") @reason("That port is not yours.") forbid (principal, action == Action::"portforward", resource)
  when { context.port == ${FORBIDDEN} };
`;

const spoken = [
  ['WebSocket', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'true', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'true' }],
  ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }],
] as const;

type Refusal = Extract<Leaf, { type: 'refusal' }>;

async function refusals(): Promise<Refusal[]> {
  const records = (await site.records()).map(({ record }) => record);
  return records.filter((record): record is Refusal => record.type === 'refusal');
}

/** One attempt to switch protocols that must be refused. */
async function refusedAs(agent: string, transport: UpgradeTransport, query: string): Promise<UpgradeAnswer> {
  const versions = [transport === 'websocket' ? 'v5.channel.k8s.io' : 'v4.channel.k8s.io'];
  const answer = await tryUpgrade(site, { agent, transport, path: `${PATH}/exec?${query}`, versions });
  assert.notEqual(answer.status, 101, 'it was switched');
  return answer;
}

suite('what is refused of streams', { skip: 'unavailable' in support ? support.unavailable : false }, () => {
  before(async () => {
    const clusters = { lab: ['countersign:operators'] };
    const rights = {
      'countersign:operators': [
        { apiGroups: [''], resources: ['pods/portforward', 'pods/exec'], verbs: ['get', 'create'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
      ],
    };
    site = await startInstallation({
      clusters: { lab: { node: true, policies, rights } },
      organisation: '// nothing',
      agents: { fixer: { clusters }, other: { clusters } },
    });
    await grantSessions(site.lab('lab'));
    await runEchoPod(site.lab('lab'));
  });
  after(() => site?.stop());

  for (const [transport, env] of spoken) {
    test(`${transport}: the kubelet hears of an allowed command, and not of a forbidden one`, async () => {
      const before = await askedOfKubelet(site, 'exec');
      const refused = await runKubectl(site.as('fixer'), ['exec', 'web', '--', 'mount'], { env });
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /Mounts are not yours to see/);
      assert.equal(await askedOfKubelet(site, 'exec'), before);
      const allowed = await runKubectl(site.as('fixer'), ['exec', 'web', '--', 'true'], { env });
      assert.equal(allowed.code, 0, allowed.stderr);
      assert.equal(await askedOfKubelet(site, 'exec'), before + 1);
    });

    test(`${transport}: the kubelet hears of a port-forward, and of no forbidden port in it`, async () => {
      const before = await askedOfKubelet(site, '');
      const forward = await forwardAs(site.as('fixer'), [ECHO, FORBIDDEN], env);
      const [echo = 0, forbidden = 0] = forward.ports;
      assert.equal((await echoed(echo, Buffer.from('a'))).toString(), 'a');
      const opened = await askedOfKubelet(site, 'portForward');
      assert.equal((await echoed(forbidden, Buffer.from('a'))).length, 0);
      await forward.process.stderr.find((line) => line.includes('That port is not yours'));
      assert.equal(await askedOfKubelet(site, 'portForward'), opened);
      assert.ok((await askedOfKubelet(site, '')) > before);
      await forward.process.stop();
    });

    test(`${transport}: kubectl's own retry is decided as the first, and its record names it`, async () => {
      const before = (await refusals()).length;
      const refused = await runKubectl(site.as('fixer'), ['exec', 'web', '--', 'mount', '-a'], { env });
      assert.equal(refused.code, 1);
      const [first, retry, ...more] = (await refusals()).slice(before);
      assert.equal(more.length, 0);
      if (transport === 'SPDY') {
        assert.deepEqual([first?.retryOf, retry], [undefined, undefined]);
        return;
      }
      assert.ok(first?.exchange);
      assert.deepEqual([first.retryOf, retry?.retryOf], [undefined, first.exchange]);
      assert.deepEqual(verdictOf(retry), verdictOf(first));
    });
  }

  test('a refused pair names each other whoever sends it, once, and only where it asks for the same', async () => {
    const before = (await refusals()).length;
    const asked = [
      await refusedAs('fixer', 'websocket', 'command=mount&command=-l&stdout=true'),
      await refusedAs('fixer', 'spdy', 'command=mount&command=-t&stdout=true'),
      await refusedAs('other', 'spdy', 'command=mount&command=-l&stdout=true'),
      await refusedAs('fixer', 'spdy', 'command=mount&command=-l&stdout=true'),
      await refusedAs('fixer', 'spdy', 'command=mount&command=-l&stdout=true'),
    ];
    assert.deepEqual(
      asked.map(({ status }) => status),
      asked.map(() => 403),
    );
    const recorded = (await refusals()).slice(before);
    assert.deepEqual(
      recorded.map(({ exchange }) => exchange),
      asked.map(({ id }) => id),
    );
    assert.deepEqual(
      recorded.map(({ retryOf }) => retryOf),
      [undefined, undefined, undefined, asked[0]?.id, undefined],
    );
    assert.deepEqual(verdictOf(recorded[3]), verdictOf(recorded[0]));
  });

  test('evidence and sessions tell an auditor which attempt was the retry of which', async () => {
    const retry = (await refusals()).findLast(({ retryOf }) => retryOf !== undefined);
    assert.ok(retry?.retryOf);
    const { dir, keys } = site.evidence;
    const words = `retry of ${retry.retryOf}`;
    const shown = await countersign('evidence', 'show', dir, retry.retryOf, '-o', 'json');
    const exchanges = shown
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).record.exchange);
    assert.deepEqual(new Set(exchanges), new Set([retry.retryOf, retry.exchange]));
    assert.match(
      await countersign('evidence', 'show', dir, retry.exchange),
      new RegExp(`"retryOf": "${retry.retryOf}"`),
    );
    const listed = (await countersign('evidence', 'list', dir)).split('\n');
    assert.ok(listed.some((line) => line.includes(retry.exchange) && line.includes(words)));
    const timeline = (await countersign('sessions', 'show', dir, retry.session ?? '', '--keys', keys)).split('\n');
    assert.ok(timeline.some((line) => line.includes(retry.exchange.slice(0, 8)) && line.includes(words)));
  });

  test('both logs join', async () => {
    await assertJoined(site, ['lab']);
  });
});
