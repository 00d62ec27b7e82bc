// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { CustomFetchOptions } from 'openid-client';
import { selfSigned } from '../data/self-signed-for-tests.ts';
import { providerFetch } from './provider-fetch.ts';

/** A provider that answers as its paths say, and its CA. */
async function startProvider(t: TestContext) {
  const { certificate, key } = await selfSigned();
  const server = createServer({ cert: certificate, key }, (request, response) => {
    if (request.url === '/elsewhere') response.writeHead(302, { location: '/small' }).end();
    else if (request.url === '/large') response.end('x'.repeat(300_000));
    else request.setEncoding('utf8').on('data', (text) => response.end(`${request.method} ${text}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca: certificate };
}

function options(method: string, body?: URLSearchParams): CustomFetchOptions {
  return { method, body, headers: {}, redirect: 'manual', signal: AbortSignal.timeout(30_000) };
}

test('a provider is asked by the CA of its entry alone, and nothing that leads elsewhere is followed', async (t) => {
  const { origin, ca } = await startProvider(t);
  const ask = providerFetch(ca);
  const answer = await ask(`${origin}/small`, options('POST', new URLSearchParams({ code: 'a b' })));
  assert.equal(await answer.text(), 'POST code=a+b');
  assert.equal((await ask(`${origin}/elsewhere`, options('GET'))).status, 302);
  await assert.rejects(ask(`${origin}/large`, options('GET')), { code: 'ERR_IDENTITY_FETCH' });
  await assert.rejects(providerFetch(undefined)(`${origin}/small`, options('GET')), /self-signed|unable to verify/i);
});
