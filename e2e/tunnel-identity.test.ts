// SPDX-License-Identifier: Apache-2.0
// Runs alone: a lock cuts within two seconds, and certificates are good for few.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { TunnelError } from '@countersign/gateway';
import { ask, openTunnelFixture, type TunnelFixture, until } from './tunnel-fixture.ts';

let fixture: TunnelFixture;
let kubeconfig: string;

describe('who may dial in', () => {
  before(async () => {
    fixture = await openTunnelFixture(['a', 'b']);
    kubeconfig = join(fixture.directory, 'kubeconfig');
    // Nobody asks for anything upstream here.
    await writeFile(
      kubeconfig,
      JSON.stringify({
        'current-context': 'a',
        contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
        clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1' } }],
        users: [{ name: 'a', user: { token: 'none' } }],
      }),
    );
  });
  after(() => fixture?.close());

  const connected = (cluster: string) => fixture.tunnels.connected(cluster);

  /** Runs a connector that is expected to give up, and returns its last word. */
  async function giveUp(options: {
    token?: string;
    trust?: readonly string[];
    gateways?: readonly string[];
    state?: string;
  }) {
    const connector = await fixture.connect({ cluster: 'a', kubeconfig, ...options });
    const code = await connector.exited;
    const { code: reason, message } = await connector.line('failed');
    return { code, reason, message: String(message) };
  }

  test('a join token works once, and never again', async () => {
    const token = await fixture.tunnels.issueJoinToken('a');
    const first = await fixture.connect({ cluster: 'a', kubeconfig, token });
    await first.line('connected');
    const second = await giveUp({ token });
    assert.deepEqual([second.code, second.reason], [1, 'ERR_TUNNEL_TOKEN_USED']);
    assert.match(second.message, /used before/);
    assert.ok(!second.message.includes(token));
    await first.stop();
    assert.equal(await first.exited, 0);
  });

  test('a connector ends in good order with the process that started it', async () => {
    const connector = await fixture.connect({ cluster: 'a', kubeconfig });
    await connector.line('connected');
    connector.child.disconnect();
    assert.equal(await connector.exited, 0);
  });

  test('tokens that are malformed, unknown, for another cluster or expired are refused, each with its reason', async () => {
    const secret = 'A'.repeat(43);
    const other = (await fixture.tunnels.issueJoinToken('b')).replace('csj_b_', 'csj_a_');
    const expired = await fixture.tunnels.issueJoinToken('a', -1_000);
    const table: [token: string, code: number, reason: string][] = [
      ['hunter2', 3, 'ERR_CONNECTOR_TOKEN'],
      [`csj_a_${secret}`, 1, 'ERR_TUNNEL_TOKEN_UNKNOWN'],
      [other, 1, 'ERR_TUNNEL_TOKEN_UNKNOWN'],
      [expired, 1, 'ERR_TUNNEL_TOKEN_EXPIRED'],
    ];
    for (const [token, code, reason] of table) {
      const said = await giveUp({ token });
      assert.deepEqual([said.code, said.reason], [code, reason]);
      assert.ok(!said.message.includes(token));
    }
  });

  test('a gateway of another CA gets no token, and one that is not there is named', async () => {
    const other = await openTunnelFixture(['a']);
    const token = await fixture.tunnels.issueJoinToken('a');
    const wrong = await giveUp({ token, trust: ['--ca', join(other.directory, 'ca.pem')] });
    assert.deepEqual([wrong.code, wrong.reason], [1, 'ERR_CONNECTOR_GATEWAY_UNTRUSTED']);
    const pinned = await giveUp({ token, trust: ['--ca-fingerprint', other.tunnels.caFingerprint] });
    assert.deepEqual([pinned.code, pinned.reason], [1, 'ERR_CONNECTOR_GATEWAY_UNTRUSTED']);
    await other.close();
    const gone = await giveUp({ token, gateways: ['127.0.0.1:1'] });
    assert.deepEqual([gone.code, gone.reason], [1, 'ERR_CONNECTOR_GATEWAY_UNREACHABLE']);
    const right = await fixture.connect({
      cluster: 'a',
      kubeconfig,
      token,
      trust: ['--ca-fingerprint', fixture.tunnels.caFingerprint],
    });
    await right.line('connected');
    await right.stop();
  });

  test('a connector that is enrolled needs no token, keeps its key to itself and its id', async () => {
    const state = await mkdtemp(join(fixture.directory, 'kept-'));
    const token = await fixture.tunnels.issueJoinToken('a');
    const first = await fixture.connect({ cluster: 'a', kubeconfig, state, token });
    await first.line('connected');
    await until('it is in use', () => connected('a').length === 1);
    const id = connected('a')[0]?.connector;
    const file = await stat(join(state, 'identity.json'));
    assert.equal(file.mode & 0o777, 0o600);
    await first.stop();
    await until('the tunnel is gone', () => connected('a').length === 0);
    const second = await fixture.connect({ cluster: 'a', kubeconfig, state, token });
    await second.line('connected');
    await until('it is in use again', () => connected('a').length === 1);
    assert.equal(connected('a')[0]?.connector, id);
    assert.ok(!second.lines.some(({ event }) => event === 'enrolled'));
    await second.stop();
    await writeFile(join(state, 'identity.json'), '{');
    const broken = await giveUp({ state, token });
    assert.deepEqual([broken.code, broken.reason], [2, 'ERR_CONNECTOR_STATE']);
  });

  test('a connector of one cluster is never asked for another', async () => {
    const connector = await fixture.connect({ cluster: 'a', kubeconfig });
    await connector.line('connected');
    await assert.rejects(
      ask(fixture.tunnels, 'b', '/version'),
      (error: unknown) => error instanceof TunnelError && error.code === 'ERR_TUNNEL_NONE' && !error.sent,
    );
    await connector.stop();
  });

  test('a revoked certificate loses its tunnel at once, and the connector says why it ends', async () => {
    const connector = await fixture.connect({ cluster: 'a', kubeconfig });
    const started = await fixture.event(
      (event) => event.type === 'connected' && event.connector === connectorOf(connector),
    );
    assert.ok(started.type === 'connected');
    assert.ok(await fixture.tunnels.revoke(started.serial));
    assert.equal(connected('a').length, 0);
    assert.equal(await connector.exited, 1);
    assert.equal((await connector.line('failed')).code, 'ERR_TUNNEL_REVOKED');
    const ended = await fixture.event((event) => event.type === 'disconnected' && event.serial === started.serial);
    assert.ok(ended.type === 'disconnected' && ended.reason === 'certificate-revoked');
  });

  test('a lock cuts within a second or so and keeps out until it is lifted', async () => {
    const connector = await fixture.connect({ cluster: 'b', kubeconfig });
    await until('it is connected', () => connected('b').length === 1);
    const id = connected('b')[0]?.connector ?? '';
    const lock = { kind: 'connector', target: id, by: 'test', reason: 'test', at: new Date().toISOString() } as const;
    const locked = performance.now();
    await fixture.store.locks.insert(`connector:${id}`, lock);
    await until('it is cut', () => connected('b').length === 0);
    assert.ok(performance.now() - locked < 2_000);
    const refused = await connector.line('connect-failed');
    assert.match(String(refused.message), /locked/);
    await fixture.store.locks.remove(`connector:${id}`, 1);
    await until('it is back', () => connected('b').length === 1);
    await connector.stop();
    await until('its tunnel is gone', () => connected('b').length === 0);
  });

  test('a gateway that restarts is dialled again', async () => {
    const connector = await fixture.connect({ cluster: 'b', kubeconfig });
    await until('it is connected', () => connected('b').length === 1);
    const id = connected('b')[0]?.connector;
    const stopped = performance.now();
    await fixture.restart();
    await until('it is back', () => connected('b').length === 1);
    console.log(`back ${(performance.now() - stopped).toFixed(0)} ms after the gateway went`);
    assert.equal(connected('b')[0]?.connector, id);
    await connector.stop();
  });

  test('two gateways are both dialled', async () => {
    const relay = `localhost:${fixture.tunnels.port}`;
    const connector = await fixture.connect({
      cluster: 'b',
      kubeconfig,
      gateways: [`127.0.0.1:${fixture.tunnels.port}`, relay],
    });
    await until('both stand', () => connected('b').length === 2);
    await connector.stop();
  });

  test('a short certificate is renewed at two thirds of its life, and the tunnel follows it without a gap', async () => {
    const brief = await openTunnelFixture(['a'], { certificateLifeMs: 9_000 });
    const connector = await brief.connect({ cluster: 'a', kubeconfig });
    const first = await brief.event(({ type }) => type === 'connected');
    const renewed = await brief.event(({ type }) => type === 'renewed');
    assert.ok(first.type === 'connected' && renewed.type === 'renewed');
    // Whenever it came, no more than a third of it is left.
    assert.ok(Date.parse(first.notAfter) - Date.now() <= 3_000, 'renewed too early');
    assert.equal(renewed.previousSerial, first.serial);
    await brief.event((event) => event.type === 'connected' && event.serial === renewed.serial);
    const left = await brief.event((event) => event.type === 'disconnected' && event.serial === first.serial);
    assert.ok(left.type === 'disconnected' && left.reason === 'closed-by-connector');
    const order = brief.events.map((event) => event.type);
    assert.ok(order.indexOf('disconnected') > order.lastIndexOf('connected'), order.join());
    const kept = JSON.parse(await readFile(join(connector.state, 'identity.json'), 'utf8'));
    assert.equal(kept.connector, first.connector);
    await brief.close();
  });

  test('a connector that could not renew in time ends and says so', async () => {
    const brief = await openTunnelFixture(['a'], { certificateLifeMs: 6_000 });
    const connector = await brief.connect({ cluster: 'a', kubeconfig });
    const first = await brief.event(({ type }) => type === 'connected');
    assert.ok(first.type === 'connected');
    connector.child.kill('SIGSTOP');
    const ended = await brief.event(({ type }) => type === 'disconnected');
    assert.ok(ended.type === 'disconnected' && ended.reason === 'certificate-expired');
    connector.child.kill('SIGCONT');
    assert.notEqual(await connector.exited, 0);
    await brief.close();
  });

  /** The id that a connector process was given. */
  function connectorOf({ lines }: { lines: readonly { event?: string; connector?: unknown }[] }): unknown {
    return lines.find(({ event }) => event === 'enrolled')?.connector;
  }
});
