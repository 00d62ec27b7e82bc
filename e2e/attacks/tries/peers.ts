// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { createAuthority } from '@countersign/lab';
import { startCountersign } from '../../installation/countersign.ts';
import { eventually } from '../../installation/eventually.ts';
import type { Field } from '../field.ts';
import { type Try, triesOf } from '../try.ts';

const DIAL = [
  'GET /v1/tunnel HTTP/1.1',
  'Host: gateway',
  'Connection: upgrade',
  'Upgrade: countersign-tunnel',
  'countersign-tunnel-version: 1',
  'countersign-connector-version: 0.1.0',
  '',
  '',
].join('\r\n');

/** Asks the tunnel listener for a tunnel, and returns the first line of its answer; "" when there is none. */
async function dial(field: Field, identity?: { readonly certificate: string; readonly key: string }): Promise<string> {
  const { port } = field.site.config.listeners.tunnel;
  const socket = connect({
    host: '127.0.0.1',
    port: port ?? 0,
    // Whom it trusts is not what is tried here.
    rejectUnauthorized: false,
    ...(identity ? { cert: identity.certificate, key: identity.key } : {}),
  });
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    if (text.includes('\r\n')) socket.destroy();
  });
  socket.on('error', () => {});
  socket.on('secureConnect', () => socket.write(DIAL));
  await once(socket, 'close');
  return text.split('\r\n', 1)[0] ?? '';
}

async function connectorsOf(field: Field): Promise<readonly { readonly name: string; readonly connectors: number }[]> {
  const { json } = await field.askControl('GET', '/clusters');
  return json.items.map((one: { name: string; connectors: unknown[] }) => ({
    name: one.name,
    connectors: one.connectors.length,
  }));
}

/** Nobody is let in as a connector. */
async function refusesToTunnel(field: Field, identity?: Parameters<typeof dial>[1]): Promise<void> {
  const before = await connectorsOf(field);
  assert.doesNotMatch(await dial(field, identity), / 101 /);
  assert.deepEqual(await connectorsOf(field), before);
}

const peers = triesOf(31, {
  'a connector without a certificate': (field) => refusesToTunnel(field),
  'a connector with a certificate of another authority, whose names are right': async (field) => {
    const authority = await createAuthority('Countersign tunnel CA');
    await refusesToTunnel(
      field,
      await authority.issue({ commonName: 'lab', dnsNames: ['gateway.tunnel.countersign.internal'] }),
    );
  },
  'a join token a second time': async (field) => {
    const { tokenFile, caFile } = await field.site.joinToken('other');
    assert.equal(await enrolled(field, tokenFile, caFile), 'connected');
    assert.match(await enrolled(field, tokenFile, caFile), /ERR_TUNNEL_TOKEN_USED/);
  },
  'a join token that anybody could guess': async (field) => {
    const { caFile } = await field.site.joinToken('other');
    const guess = await field.site.file('guess', `csj_lab_${'A'.repeat(43)}`);
    assert.match(await enrolled(field, guess, caFile), /ERR_TUNNEL_TOKEN_UNKNOWN/);
  },
});

/** Starts a connector that was never here: `connected`, or what it said when it gave up. */
async function enrolled({ site, front }: Field, tokenFile: string, caFile: string): Promise<string> {
  const connector = startCountersign(
    'connector',
    ...['--gateway', `127.0.0.1:${site.config.listeners.tunnel.port}`],
    ...['--state', await mkdtemp(join(site.dir, 'joined-'))],
    ...['--kubeconfig', front.kubeconfig, '--join-file', tokenFile, '--ca', caFile],
  );
  const isConnected = () => connector.stderr.all.some((line) => line.includes('"event":"connected"'));
  await eventually('it is connected, or gives up', () => isConnected() || connector.child.exitCode !== null);
  await connector.stop();
  return isConnected() ? 'connected' : connector.output;
}

const loopback = triesOf(33, {
  'the control API on loopback, without a token': async (field) => {
    for (const path of ['/exchanges', '/agents', '/clusters', '/locks']) {
      assert.equal((await field.askControl('GET', path, { token: null })).status, 401, path);
    }
  },
  'the control API on loopback, with the token of an agent': async (field) => {
    const { status } = await field.askControl('GET', '/exchanges', { token: await field.site.token('bot') });
    assert.equal(status, 403);
  },
  'a web page whose name was turned to loopback (DNS rebinding)': async (field) => {
    for (const path of ['/livez', '/readyz', '/metrics']) {
      for (const host of ['evil.example', 'evil.example:8446', 'localhost.evil.example', '127.0.0.1.evil.example']) {
        const { status, text } = await askHealth(field, path, host);
        assert.deepEqual([status, text.includes('countersign_')], [403, false], `${path} as ${host}`);
      }
    }
  },
  'control: a probe by address or as localhost is answered': async (field) => {
    const { port } = field.site.config.listeners.health;
    for (const host of ['localhost', `localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      assert.equal((await askHealth(field, '/livez', host)).status, 200, host);
    }
  },
  'the development identity provider, without a secret': async (field) => {
    for (const authorization of ['', 'Basic Ym90Og==', 'Basic Ym90OmJvdA==', 'Basic Ym90OnNlY3JldA==']) {
      const response = await fetch(`${field.site.provider.issuer}/token`, {
        method: 'POST',
        headers: authorization === '' ? {} : { authorization },
        body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'bot' }),
      });
      assert.ok(response.status === 400 || response.status === 401, `${response.status}`);
      assert.doesNotMatch(await response.text(), /access_token"/);
    }
  },
});

/** Asks the health listener under a Host of one's own choice. */
async function askHealth(field: Field, path: string, host: string): Promise<{ status: number; text: string }> {
  const { port } = field.site.config.listeners.health;
  const asked = request({ host: '127.0.0.1', port, path, headers: { host }, agent: false }).end();
  const [answer] = await once(asked, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode, text };
}

export const peerTries: readonly Try[] = [...peers, ...loopback];
