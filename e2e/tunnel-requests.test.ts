// SPDX-License-Identifier: Apache-2.0
// Runs alone: what processes hold is measured while they work.
import assert from 'node:assert/strict';
import { once, setMaxListeners } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { TunnelError } from '@countersign/gateway';
import { createAuthority, type Lab, startLab } from '@countersign/lab';
import {
  AS_DEMO,
  ask,
  type ConnectorProcess,
  openTunnelFixture,
  readJson,
  readText,
  type TunnelFixture,
  until,
} from './tunnel-fixture.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';

let lab: Lab;
let fixture: TunnelFixture;
let connector: ConnectorProcess;

describe('the tunnel to a real API server', () => {
  before(async () => {
    lab = await startLab({ name: 'tunnel', node: false });
    fixture = await openTunnelFixture(['lab', 'other']);
    connector = await fixture.connect({ cluster: 'lab', kubeconfig: lab.connectorKubeconfig });
    await fixture.event(({ type }) => type === 'connected');
  });
  after(async () => {
    await fixture?.close();
    await lab?.stop();
  });

  async function rssMb({ child }: ConnectorProcess): Promise<number> {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }

  function tunnelError(code: string, fields: Partial<TunnelError>) {
    return (error: unknown) => {
      assert.ok(error instanceof TunnelError, String(error));
      assert.deepEqual(
        { code: error.code, sent: error.sent, problem: error.problem },
        { code, problem: undefined, ...fields },
      );
      return true;
    };
  }

  test('a read comes back with its body and headers', async () => {
    const response = await ask(fixture.tunnels, 'lab', `${CONFIG_MAPS}/settings`);
    const object = await readJson(response, 200);
    assert.equal(object.metadata.name, 'settings');
    assert.ok(response.headers.some(([name, value]) => name === 'content-type' && value === 'application/json'));
    const [tunnel] = fixture.tunnels.connected('lab');
    assert.equal(tunnel?.version, '0.1.0');
  });

  test('a write is made as the impersonated user', async () => {
    const review = await readJson(
      await ask(fixture.tunnels, 'lab', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
        method: 'POST',
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      }),
      201,
    );
    assert.equal(review.status.userInfo.username, 'countersign:agent:demo');
    assert.deepEqual(review.status.userInfo.groups, ['countersign:demo', 'system:authenticated']);
  });

  test("the API server's own refusals come through as they are", async () => {
    const secret = await ask(fixture.tunnels, 'lab', '/api/v1/namespaces/kube-system/secrets');
    assert.equal((await readJson(secret, 403)).reason, 'Forbidden');
    const stranger = await ask(fixture.tunnels, 'lab', '/version', {
      headers: [['impersonate-user', 'countersign:agent:nobody-said-so']],
    });
    assert.match((await readJson(stranger, 403)).message, /cannot impersonate/);
  });

  test('nothing but an impersonated request with known headers leaves the gateway', async () => {
    for (const headers of [
      [],
      [...AS_DEMO, ['authorization', 'Bearer x']],
      [['impersonate-user', 'system:admin']],
    ] as const) {
      await assert.rejects(
        ask(fixture.tunnels, 'lab', CONFIG_MAPS, { headers }),
        tunnelError('ERR_TUNNEL_REQUEST', { sent: false }),
      );
    }
  });

  test('a watch brings events as they happen, and cancelling it reaches the API server', async () => {
    const watches = async () => {
      const { body } = await lab.admin.request('GET', '/metrics');
      const line = /^apiserver_longrunning_requests\{[^}]*resource="configmaps",scope="namespace"[^}]*\} (\d+)/m;
      return Number(line.exec(String(body))?.[1] ?? 0);
    };
    const before = await watches();
    const cancel = new AbortController();
    const { status, body } = await ask(fixture.tunnels, 'lab', `${CONFIG_MAPS}?watch=true`, { signal: cancel.signal });
    assert.equal(status, 200);
    const lines = createInterface({ input: body })[Symbol.asyncIterator]();
    await lines.next();
    for (const name of ['watched-1', 'watched-2']) {
      const made = await lab.admin.request('POST', CONFIG_MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name },
      });
      assert.equal(made.status, 201);
      for (;;) {
        const event = JSON.parse(String((await lines.next()).value));
        if (event.object.metadata.name === name) break;
      }
    }
    await until('the API server counts the watch', async () => (await watches()) > before);
    const failed = once(body, 'error');
    cancel.abort();
    const [error] = await failed;
    assert.ok(tunnelError('ERR_TUNNEL_CANCELLED', { sent: true })(error));
    await until('the API server has let the watch go', async () => (await watches()) === before);
  });

  test('readers that do not read hold neither memory nor other requests', async () => {
    const data = { filler: 'x'.repeat(900_000) };
    for (let i = 0; i < 20; i += 1) {
      const metadata = { name: `large-${i}`, labels: { size: 'large' } };
      const { status } = await lab.admin.request('POST', CONFIG_MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata,
        data,
      });
      assert.equal(status, 201);
    }
    const list = `${CONFIG_MAPS}?labelSelector=size%3Dlarge`;
    await readText((await ask(fixture.tunnels, 'lab', list)).body);
    const [connectorBefore, gatewayBefore] = [await rssMb(connector), process.memoryUsage.rss() / 2 ** 20];
    const unread = await Promise.all(Array.from({ length: 16 }, () => ask(fixture.tunnels, 'lab', list)));
    for (let i = 0; i < 20; i += 1) await readJson(await ask(fixture.tunnels, 'lab', `${CONFIG_MAPS}/settings`), 200);
    const connectorGrowth = (await rssMb(connector)) - connectorBefore;
    const gatewayGrowth = process.memoryUsage.rss() / 2 ** 20 - gatewayBefore;
    const total = (16 * 20 * 0.9).toFixed(0);
    console.log(
      `${total} MB unread: connector +${connectorGrowth.toFixed(0)} MB, gateway +${gatewayGrowth.toFixed(0)} MB`,
    );
    assert.ok(connectorGrowth < 96, `the connector grew by ${connectorGrowth} MB`);
    assert.ok(gatewayGrowth < 96, `the gateway grew by ${gatewayGrowth} MB`);
    const [first, ...rest] = unread;
    assert.ok(first);
    for (const { body } of rest) body.destroy();
    assert.equal((await readJson(first, 200)).items.length, 20);
  });

  test('ten thousand cancelled requests leave the tunnel standing', async () => {
    const { since } = fixture.tunnels.connected('lab')[0] ?? {};
    for (let round = 0; round < 10; round += 1) {
      const cancel = new AbortController();
      setMaxListeners(0, cancel.signal);
      const asked = Array.from({ length: 1_000 }, () =>
        assert.rejects(
          ask(fixture.tunnels, 'lab', `${CONFIG_MAPS}?watch=true`, { signal: cancel.signal }),
          tunnelError('ERR_TUNNEL_CANCELLED', { sent: true }),
        ),
      );
      await new Promise(setImmediate);
      cancel.abort();
      await Promise.all(asked);
    }
    const started = performance.now();
    // The API server's own fairness may answer 429 here: any answer shows that the tunnel carries requests.
    const { status } = await ask(fixture.tunnels, 'lab', `${CONFIG_MAPS}/settings`);
    console.log(`${status} to a read right after 10,000 cancels, in ${(performance.now() - started).toFixed(0)} ms`);
    assert.equal(fixture.tunnels.connected('lab')[0]?.since, since);
  });

  test('the credential is read again: a bad token is named, a good one is used without a restart', async () => {
    const tokenFile = join(fixture.directory, 'token');
    const kubeconfig = join(fixture.directory, 'kubeconfig');
    const good = await readFile(lab.connectorTokenFile, 'utf8');
    await writeFile(tokenFile, 'not-a-token');
    await writeFile(
      kubeconfig,
      (await readFile(lab.connectorKubeconfig, 'utf8')).replaceAll(lab.connectorTokenFile, tokenFile),
    );
    const own = await fixture.connect({ cluster: 'other', kubeconfig });
    await fixture.event((event) => event.type === 'connected' && event.cluster === 'other');
    await assert.rejects(
      ask(fixture.tunnels, 'other', '/version'),
      tunnelError('ERR_TUNNEL_UPSTREAM', { sent: true, problem: 'credential-refused' }),
    );
    await writeFile(tokenFile, good);
    await until('the new token is used', async () => {
      const answer = await ask(fixture.tunnels, 'other', '/version').catch(() => undefined);
      return answer !== undefined && (await readText(answer.body)).includes('gitVersion');
    });
    await writeFile(kubeconfig, 'no: kubeconfig');
    await until('a broken kubeconfig is noticed', async () => {
      const failure = await ask(fixture.tunnels, 'other', '/version').then(
        async ({ body }) => void (await readText(body)),
        (error: TunnelError) => error.problem,
      );
      return failure === 'credential-unavailable';
    });
    await own.stop();
    await until('the connector is gone', () => fixture.tunnels.connected('other').length === 0);
  });

  for (const { title, change, problem } of [
    {
      title: 'an API server that is not there',
      change: (text: string) => text.replace(/"server": .*/, '"server": "https://127.0.0.1:1",'),
      problem: 'upstream-unreachable',
    },
    {
      title: 'an API server of another CA',
      change: (text: string) => text.replace(/"certificate-authority": .*/, '"certificate-authority": "ca.pem"'),
      problem: 'upstream-untrusted',
    },
  ] as const) {
    test(`${title} is named, and nothing counts as sent`, async () => {
      const kubeconfig = join(fixture.directory, `${problem}.kubeconfig`);
      await writeFile(kubeconfig, change(await readFile(lab.connectorKubeconfig, 'utf8')));
      const own = await fixture.connect({ cluster: 'other', kubeconfig });
      await until('the connector is there', () => fixture.tunnels.connected('other').length === 1);
      await assert.rejects(
        ask(fixture.tunnels, 'other', '/version'),
        tunnelError('ERR_TUNNEL_UPSTREAM', { sent: false, problem }),
      );
      await own.stop();
      await until('the connector is gone', () => fixture.tunnels.connected('other').length === 0);
      await assert.rejects(ask(fixture.tunnels, 'other', '/version'), tunnelError('ERR_TUNNEL_NONE', { sent: false }));
    });
  }

  for (const protocol of ['h2', 'http/1.1'] as const) {
    test(`an API server that speaks ${protocol} only is served, and a connection that breaks cuts what it carried`, async () => {
      const authority = await createAuthority('relay-ca');
      const { certificate, key } = await authority.issue({ commonName: 'relay', addresses: ['127.0.0.1'] });
      const upstream = new URL(lab.server);
      const ca = await readFile(lab.caFile);
      // The real API server's own bytes, behind a TLS that offers one protocol.
      const relaySockets: TLSSocket[] = [];
      const relay = createServer({ cert: certificate, key, ALPNProtocols: [protocol] }, (near) => {
        relaySockets.push(near);
        const far = connect({ host: upstream.hostname, port: Number(upstream.port), ca, ALPNProtocols: [protocol] });
        near.on('error', () => {}).on('close', () => far.destroy());
        far.on('error', () => {}).on('close', () => near.destroy());
        near.pipe(far).pipe(near);
      });
      relay.listen(0, '127.0.0.1');
      await once(relay, 'listening');
      const kubeconfig = join(fixture.directory, 'relay.kubeconfig');
      await writeFile(join(fixture.directory, 'relay-ca.pem'), authority.certificate);
      const text = await readFile(lab.connectorKubeconfig, 'utf8');
      const port = (relay.address() as AddressInfo).port;
      await writeFile(
        kubeconfig,
        text
          .replace(/"server": .*/, `"server": "https://127.0.0.1:${port}",`)
          .replace(/"certificate-authority": .*/, '"certificate-authority": "relay-ca.pem"'),
      );
      const own = await fixture.connect({ cluster: 'other', kubeconfig });
      await until('the connector is there', () => fixture.tunnels.connected('other').length === 1);
      await readJson(await ask(fixture.tunnels, 'other', `${CONFIG_MAPS}/settings`), 200);
      const made = await ask(fixture.tunnels, 'other', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
        method: 'POST',
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      });
      assert.equal((await readJson(made, 201)).status.userInfo.username, 'countersign:agent:demo');
      const watch = await ask(fixture.tunnels, 'other', `${CONFIG_MAPS}?watch=true`);
      const lines = createInterface({ input: watch.body })[Symbol.asyncIterator]();
      assert.equal(JSON.parse(String((await lines.next()).value)).type, 'ADDED');
      const failed = once(watch.body, 'error');
      relay.close();
      for (const socket of relaySockets) socket.destroy();
      const [error] = await failed;
      assert.ok(tunnelError('ERR_TUNNEL_LOST', { sent: true })(error));
      await own.stop();
      await until('the connector is gone', () => fixture.tunnels.connected('other').length === 0);
    });
  }

  test('a connector that dies in the middle of a body fails the body, and never ends it', async () => {
    const { body } = await ask(fixture.tunnels, 'lab', `${CONFIG_MAPS}?watch=true`);
    body.resume();
    body.on('end', () => assert.fail('a cut watch ended as if it were whole'));
    const failed = once(body, 'error');
    const under = ask(fixture.tunnels, 'lab', `${CONFIG_MAPS}?watch=true&resourceVersion=0`);
    await (await under).body.on('error', () => {}).resume();
    connector.child.kill('SIGKILL');
    const [error] = await failed;
    assert.ok(tunnelError('ERR_TUNNEL_LOST', { sent: true })(error));
  });
});
