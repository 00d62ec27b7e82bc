// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { loadConfig } from './config/load.ts';
import { selfSigned } from './data/self-signed-for-tests.ts';
import { startGateway } from './gateway.ts';
import { jsonProcessLog } from './process-log.ts';

test('a gateway that can not open a listener leaves nothing running, and starts once it can', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'countersign-gateway-'));
  t.after(() => rm(dir, { recursive: true }));
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const { certificate, key } = await selfSigned();
  await writeFile(join(dir, 'tls.pem'), certificate);
  await writeFile(join(dir, 'tls.key'), key);
  for (const set of ['organisation', 'clusters/lab']) await mkdir(join(dir, 'policies', set), { recursive: true });
  await writeFile(
    join(dir, 'policies', 'organisation', 'none.cedar'),
    '@id("none") forbid (principal, action, resource);',
  );
  const tls = { certificateFile: 'tls.pem', keyFile: 'tls.key' };
  const any = { address: '127.0.0.1', port: 0 };
  const { port } = taken.address() as AddressInfo;
  const listeners = { data: { ...any, tls, port }, tunnel: any, control: { ...any, tls }, health: any };
  const issuers = [{ kind: 'oidc', name: 'idp', issuer: 'https://idp.example', audience: 'countersign' }];
  const places = { dataDir: 'data', log: { dir: 'log' }, policies: { dir: 'policies' } };
  const config = { ...places, listeners, issuers, clusters: [{ name: 'lab' }] };
  await writeFile(join(dir, 'gateway.yaml'), stringify(config, { aliasDuplicateObjects: false }));
  const loaded = await loadConfig(join(dir, 'gateway.yaml'));
  const processLog = jsonProcessLog(join(dir, 'process.log'));

  const running = new Set<unknown>();
  const { setInterval, clearInterval } = globalThis;
  t.mock.method(globalThis, 'setInterval', (...args: Parameters<typeof setInterval>) => {
    const timer = setInterval(...args);
    running.add(timer);
    return timer;
  });
  t.mock.method(globalThis, 'clearInterval', (timer: NodeJS.Timeout) => {
    running.delete(timer);
    clearInterval(timer);
  });
  await assert.rejects(startGateway(loaded, processLog), { code: 'EADDRINUSE' });
  assert.equal(running.size, 0);
  taken.close();
  await once(taken, 'close');
  const gateway = await startGateway(loaded, processLog);
  assert.notEqual(running.size, 0);
  await gateway.stop();
  assert.equal(running.size, 0);
});
