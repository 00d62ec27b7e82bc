// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connectorUri, TUNNEL_PATHS } from '@countersign/wire';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import {
  dial,
  enrolPeer,
  exchangeRaw,
  handshakeText,
  postText,
  refusalOf,
  servePeer,
  signingRequest,
  switchPeer,
} from './dialling-peer.ts';
import type { TunnelEvent } from './tunnel-event.ts';
import { openTunnels, type Tunnels, type TunnelsOptions } from './tunnels.ts';

let directory: string;
let store: Store;
let tunnels: Tunnels;
let recordFails = false;
const events: TunnelEvent[] = [];
const bell = new EventEmitter();

async function event(fits: (event: TunnelEvent) => boolean): Promise<TunnelEvent> {
  for (;;) {
    const found = events.find(fits);
    if (found) return found;
    await once(bell, 'event', { signal: AbortSignal.timeout(15_000) });
  }
}

function open(more: Partial<TunnelsOptions>): Promise<Tunnels> {
  return openTunnels({
    host: '127.0.0.1',
    port: 0,
    hostnames: ['localhost', '127.0.0.1', '::1'],
    gatewayId: 'gw-1',
    store,
    now: () => new Date(),
    async record(said) {
      if (recordFails) throw new Error('the log is full');
      events.push(said);
      bell.emit('event');
    },
    ...more,
  });
}

describe('the tunnel listener', () => {
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'countersign-tunnels-'));
    store = await openSqliteStore(join(directory, 'state.db'));
    for (const id of ['a', 'b']) await store.clusters.insert(id, { source: 'config', description: '' });
    tunnels = await open({ refusals: { burst: 10_000, perMinute: 10_000 } });
  });
  after(async () => {
    await tunnels.close(0);
    await store.close();
    await rm(directory, { recursive: true });
  });

  const enrolBody = (more: object) => postText(TUNNEL_PATHS.enrol, JSON.stringify({ version: 1, ...more }));

  test('the subject of a certificate comes from the token and the gateway, never from the signing request', async () => {
    const { cert } = await enrolPeer(tunnels, 'a', 'CN=gateway.tunnel.countersign.internal, O=system:masters');
    const certificate = new X509Certificate(cert);
    const said = await event(({ type }) => type === 'enrolled');
    assert.ok(said.type === 'enrolled');
    assert.match(said.connector, /^a-[0-9a-f]{10}$/);
    assert.equal(certificate.subject, `CN=${said.connector}`);
    assert.equal(certificate.subjectAltName, `URI:${connectorUri('a', said.connector)}`);
    assert.equal(certificate.serialNumber.toLowerCase(), said.serial);
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2']);
    assert.equal(certificate.ca, false);
    assert.equal(certificate.validToDate.toISOString(), said.notAfter);
  });

  test('signing requests that prove nothing are refused and do not use the token up', async () => {
    const token = await tunnels.issueJoinToken('a');
    const { csr } = await signingRequest('CN=x');
    const lines = csr.split('\n');
    const middle = lines[3] ?? '';
    lines[3] = `${middle.slice(0, 10)}${middle[10] === 'A' ? 'B' : 'A'}${middle.slice(11)}`;
    for (const bad of ['', 'hello', lines.join('\n'), `${csr}${'x'.repeat(5_000)}`]) {
      assert.equal(
        refusalOf(await exchangeRaw(await dial(tunnels), enrolBody({ token, csr: bad }))),
        '400 ERR_TUNNEL_CSR',
      );
    }
    assert.match(await exchangeRaw(await dial(tunnels), enrolBody({ token, csr })), /^HTTP\/1\.1 200 /);
  });

  test('of two enrolments with one token at the same time, one gets a certificate', async () => {
    const token = await tunnels.issueJoinToken('a');
    const requests = await Promise.all([1, 2, 3, 4].map(() => signingRequest('CN=x')));
    const answers = await Promise.all(
      requests.map(async ({ csr }) => refusalOf(await exchangeRaw(await dial(tunnels), enrolBody({ token, csr })))),
    );
    assert.deepEqual(answers.sort(), ['200', ...Array(3).fill('403 ERR_TUNNEL_TOKEN_USED')]);
  });

  test('every malformed request gets its answer, and the listener serves on', async () => {
    const { csr } = await signingRequest('CN=x');
    const table: [bytes: string, expected: string][] = [
      ['GET / HTTP/1.1\r\nhost: x\r\n\r\n', '404 ERR_TUNNEL_NOT_FOUND'],
      [postText('/v1/other', '{}'), '404 ERR_TUNNEL_NOT_FOUND'],
      [`GET ${TUNNEL_PATHS.tunnel} HTTP/1.1\r\nhost: x\r\n\r\n`, '400 ERR_TUNNEL_REQUEST'],
      [postText(TUNNEL_PATHS.enrol, '{'), '400 ERR_TUNNEL_REQUEST'],
      [postText(TUNNEL_PATHS.enrol, 'x'.repeat(20_000)), '400 ERR_TUNNEL_REQUEST'],
      [postText(TUNNEL_PATHS.enrol, '{"version":2}'), '400 ERR_TUNNEL_REQUEST'],
      [enrolBody({ token: 'x', csr, admin: true }), '400 ERR_TUNNEL_REQUEST'],
      [enrolBody({ token: 'x', csr }), '403 ERR_TUNNEL_TOKEN_UNKNOWN'],
      [postText(TUNNEL_PATHS.renew, '{}'), '403 ERR_TUNNEL_CERTIFICATE'],
      [handshakeText('1'), '403 ERR_TUNNEL_CERTIFICATE'],
      ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'nothing'],
      ['\x16\x03\x01 garbage \r\n\r\n', 'nothing'],
    ];
    for (const [bytes, expected] of table) {
      assert.equal(
        refusalOf(await exchangeRaw(await dial(tunnels), bytes)),
        expected,
        JSON.stringify(bytes.slice(0, 60)),
      );
    }
  });

  test('a request for a tunnel whose body is not whole ends its connection and nothing else', async () => {
    const partial = handshakeText('1').replace('\r\n\r\n', '\r\ncontent-length: 5\r\n\r\nhel');
    const answer = await exchangeRaw(await dial(tunnels, await enrolPeer(tunnels, 'a')), partial);
    assert.doesNotMatch(answer, / 101 /);
    assert.equal(refusalOf(await exchangeRaw(await dial(tunnels), handshakeText('1'))), '403 ERR_TUNNEL_CERTIFICATE');
  });

  test('an unknown version is refused with a sentence', async () => {
    const identity = await enrolPeer(tunnels, 'a');
    for (const version of ['2', '', '01']) {
      const answer = await exchangeRaw(await dial(tunnels, identity), handshakeText(version));
      assert.equal(refusalOf(answer), '426 ERR_TUNNEL_VERSION');
      assert.match(answer, /speaks tunnel version 1 only/);
    }
  });

  test('certificates of another CA, of a gateway, unknown or changed ones open nothing', async () => {
    const otherStore = await openSqliteStore(join(directory, 'other.db'));
    await otherStore.clusters.insert('a', { source: 'config', description: '' });
    const other = await open({ store: otherStore });
    const stranger = await enrolPeer(other, 'a');
    await other.close(0);
    await otherStore.close();
    const refused = async (identity: { cert: string; key: string }) =>
      refusalOf(await exchangeRaw(await dial(tunnels, identity), handshakeText('1')));
    assert.equal(await refused(stranger), '403 ERR_TUNNEL_CERTIFICATE');

    const mine = await enrolPeer(tunnels, 'a');
    const serial = new X509Certificate(mine.cert).serialNumber.toLowerCase();
    const stored = await store.certificates.get(serial);
    assert.ok(stored);
    // Even a store that says otherwise doesn't make a connector of "a" one of "b".
    await store.certificates.replace(serial, stored.version, { ...stored.value, cluster: 'b' });
    assert.equal(await refused(mine), '403 ERR_TUNNEL_CERTIFICATE');
    await store.certificates.remove(serial, stored.version + 1);
    assert.equal(await refused(mine), '403 ERR_TUNNEL_CERTIFICATE');
  });

  test('a cluster that is gone, a lock and a revocation each keep a connector out', async () => {
    const identity = await enrolPeer(tunnels, 'b');
    const refused = async () => refusalOf(await exchangeRaw(await dial(tunnels, identity), handshakeText('1')));
    const lock = { kind: 'cluster', target: 'b', by: 'x', reason: 'x', at: new Date().toISOString() } as const;
    await store.locks.insert('cluster:b', lock);
    assert.equal(await refused(), '403 ERR_TUNNEL_LOCKED');
    await store.locks.remove('cluster:b', 1);
    await store.clusters.remove('b', 1);
    assert.equal(await refused(), '403 ERR_TUNNEL_CLUSTER');
    await store.clusters.insert('b', { source: 'config', description: '' });
    assert.ok(await tunnels.revoke(new X509Certificate(identity.cert).serialNumber.toLowerCase()));
    assert.equal(await refused(), '403 ERR_TUNNEL_REVOKED');
    assert.equal(await tunnels.revoke('ff'), false);
  });

  test('what cannot be put on record does not happen', async () => {
    const { csr } = await signingRequest('CN=x');
    const token = await tunnels.issueJoinToken('a');
    const identity = await enrolPeer(tunnels, 'a');
    recordFails = true;
    try {
      assert.equal(
        refusalOf(await exchangeRaw(await dial(tunnels), enrolBody({ token, csr }))),
        '503 ERR_TUNNEL_UNAVAILABLE',
      );
      await assert.rejects(tunnels.issueJoinToken('a'), /log is full/);
      const socket = await servePeerWith(identity);
      await once(socket, 'close');
      assert.deepEqual(tunnels.connected('a'), []);
    } finally {
      recordFails = false;
    }
  });

  async function servePeerWith(identity: { cert: string; key: string }) {
    const { performServerHandshake } = await import('node:http2');
    const socket = await switchPeer(tunnels, identity);
    performServerHandshake(socket, { settings: { enableConnectProtocol: true } }).on('error', () => {});
    return socket;
  }

  test('garbage and half a protocol after the switch end that connection and nothing else', async () => {
    const identity = await enrolPeer(tunnels, 'a');
    const garbage = await switchPeer(tunnels, identity);
    garbage.resume();
    garbage.write('this is no HTTP/2 frame, and it is long enough to be read as one');
    await once(garbage, 'close');

    const early = await dial(tunnels, identity);
    early.resume();
    early.write(handshakeText('1'));
    setImmediate(() => early.write('bytes that nobody asked for, before the gateway has said yes or no'));
    await once(early, 'close');

    // SETTINGS with ENABLE_CONNECT_PROTOCOL = 1: good until then. After that, a frame that announces 16 MB.
    const stranger = await switchPeer(tunnels, await enrolPeer(tunnels, 'b'));
    stranger.resume();
    stranger.write(Buffer.from('000006040000000000000800000001', 'hex'));
    await event((said) => said.type === 'connected' && said.cluster === 'b');
    stranger.write(Buffer.from('ffffff000000000001', 'hex'));
    await once(stranger, 'close');
    await event((said) => said.type === 'disconnected' && said.cluster === 'b' && said.reason === 'cut');

    const well = await servePeer(tunnels, 'b', (session) => {
      session.on('stream', (stream) => {
        stream.respond({ ':status': 200 }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'countersign-end': 'complete' }));
        stream.end('well');
      });
    });
    await event(() => events.filter((said) => said.type === 'connected' && said.cluster === 'b').length === 2);
    const answer = await tunnels.request('b', {
      method: 'GET',
      target: '/version',
      headers: [],
      body: undefined,
      signal: new AbortController().signal,
    });
    assert.equal((await answer.body.toArray()).join(''), 'well');
    well.destroy();
  });

  test('who is refused again and again has to wait, and is let in later', async () => {
    let time = Date.now();
    const strict = await open({ now: () => new Date(time), refusals: { burst: 3, perMinute: 6 } });
    const { csr } = await signingRequest('CN=x');
    const token = await strict.issueJoinToken('a');
    const good = async () => refusalOf(await exchangeRaw(await dial(strict), enrolBody({ token, csr })));
    for (let i = 0; i < 3; i += 1) await exchangeRaw(await dial(strict), enrolBody({ token: 'x', csr }));
    assert.equal(await good(), '429 ERR_TUNNEL_RATE');
    // Trying on and on doesn't lengthen the wait.
    for (let i = 0; i < 20; i += 1) assert.equal(await good(), '429 ERR_TUNNEL_RATE');
    time += 30_000;
    assert.equal(await good(), '200');
    await strict.close(0);
  });

  test('strangers at the address of a connector do not keep it out', async () => {
    const strict = await open({ refusals: { burst: 2, perMinute: 1 } });
    const identity = await enrolPeer(strict, 'a');
    for (let i = 0; i < 3; i += 1) await exchangeRaw(await dial(strict), handshakeText('1'));
    assert.equal(refusalOf(await exchangeRaw(await dial(strict), handshakeText('1'))), '429 ERR_TUNNEL_RATE');
    const socket = await dial(strict, identity);
    socket.write(handshakeText('1'));
    assert.match(String(await once(socket, 'data')), / 101 /);
    socket.destroy();
    for (let i = 0; i < 2; i += 1) await exchangeRaw(await dial(strict, identity), handshakeText('2'));
    const answer = await exchangeRaw(await dial(strict, identity), handshakeText('1'));
    assert.equal(refusalOf(answer), '429 ERR_TUNNEL_RATE');
    await strict.close(0);
  });

  test('a connection on which something was asked before is not switched: its answer could still be on its way', async () => {
    const identity = await enrolPeer(tunnels, 'a');
    for (const before of ['GET / HTTP/1.1\r\nhost: x\r\n\r\n', postText(TUNNEL_PATHS.renew, '{}')]) {
      const answer = await exchangeRaw(await dial(tunnels, identity), `${before}${handshakeText('1')}`);
      assert.doesNotMatch(answer, / 101 /);
    }
  });

  test('closing does not wait for a connection that is about to become a tunnel', async () => {
    const { promise: mayRecord, resolve: letRecord } = Promise.withResolvers<void>();
    const { promise: connecting, resolve: seen } = Promise.withResolvers<void>();
    const stopping = await open({
      async record({ type }) {
        if (type !== 'connected') return;
        seen();
        await mayRecord;
      },
    });
    const socket = await servePeer(stopping, 'a', () => {});
    await connecting;
    const closed = stopping.close(0);
    letRecord();
    const outcome = await Promise.race([
      closed.then(() => 'closed'),
      new Promise((resolve) => setTimeout(resolve, 5_000, 'still open').unref()),
    ]);
    socket.destroy();
    assert.equal(outcome, 'closed');
  });
});
