// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ConnectorError, UpstreamError } from '../connector-error.ts';
import { inClusterSource } from './in-cluster.ts';
import { kubeconfigSource } from './kubeconfig.ts';

let directory: string;
let time = Date.parse('2026-01-01T00:00:00Z');
const now = () => new Date(time);
const later = (ms = 1_000) => {
  time += ms;
};

describe('a cluster credential', () => {
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'countersign-kubeconfig-'));
  });
  after(() => rm(directory, { recursive: true }));

  function text(user: object, cluster: object = {}): string {
    return JSON.stringify({
      'current-context': 'main',
      contexts: [
        { name: 'main', context: { cluster: 'c', user: 'u' } },
        { name: 'second', context: { cluster: 'c2', user: 'u', namespace: 'x' } },
      ],
      clusters: [
        { name: 'c', cluster: { server: 'https://api.example:6443/base/', ...cluster } },
        { name: 'c2', cluster: { server: 'https://[::1]:443', 'tls-server-name': 'kubernetes' } },
      ],
      users: [{ name: 'u', user }],
      preferences: {},
    });
  }

  async function source(content: string, context?: string) {
    const file = join(directory, 'config');
    await writeFile(file, content);
    return kubeconfigSource({ file, context, environment: { PATH: process.env.PATH }, now });
  }

  test('server, CA, token and certificate are read from where the file says', async () => {
    await writeFile(join(directory, 'ca.crt'), 'CA');
    const data = (of: string) => Buffer.from(of).toString('base64');
    const user = { token: 'T', 'client-certificate-data': data('C'), 'client-key-data': data('K') };
    const credential = await (await source(text(user, { 'certificate-authority': 'ca.crt' }))).current();
    assert.deepEqual(credential, {
      host: 'api.example',
      port: 6443,
      basePath: '/base',
      serverName: 'api.example',
      ca: 'CA',
      token: 'T',
      client: { certificate: 'C', key: 'K' },
    });
    const second = await (await source(text({ token: 'T' }), 'second')).current();
    assert.deepEqual([second.host, second.port, second.basePath, second.serverName], ['::1', 443, '', 'kubernetes']);
  });

  test('a token file is read again after a second, and its absence is an error, not the token before', async () => {
    const tokenFile = join(directory, 'token');
    await writeFile(tokenFile, 'first\n');
    const credentials = await source(text({ tokenFile: 'token', token: 'ignored' }));
    assert.equal((await credentials.current()).token, 'first');
    await writeFile(tokenFile, 'second\n');
    assert.equal((await credentials.current()).token, 'first');
    later();
    assert.equal((await credentials.current()).token, 'second');
    await rm(tokenFile);
    later();
    await assert.rejects(credentials.current(), (error: unknown) => {
      assert.ok(error instanceof UpstreamError);
      return error.problem === 'credential-unavailable' && !error.sent;
    });
    await writeFile(tokenFile, 'third');
    later();
    assert.equal((await credentials.current()).token, 'third');
  });

  test('who has no credential is not sent to the API server as nobody', async () => {
    await writeFile(join(directory, 'empty'), '\n');
    const certificate = Buffer.from('C').toString('base64');
    for (const user of [{}, { tokenFile: 'empty' }, { 'client-certificate-data': certificate }]) {
      await assert.rejects((await source(text(user))).current(), (error: unknown) => {
        assert.ok(error instanceof UpstreamError && error.cause instanceof ConnectorError);
        assert.match(error.cause.message, /has no token/);
        return error.problem === 'credential-unavailable' && !error.sent;
      });
    }
  });

  test('what would weaken the connection or name somebody else is refused', async () => {
    const table: [content: string, problem: RegExp][] = [
      [text({ token: 'x' }, { 'insecure-skip-tls-verify': true }), /insecure-skip-tls-verify/],
      [text({ token: 'x' }, { 'proxy-url': 'http://proxy' }), /proxy-url/],
      [text({ token: 'x', as: 'root' }), /has as:/],
      [text({ token: 'x', 'as-groups': ['system:masters'] }), /has as:/],
      [text({ username: 'x', password: 'secret' }), /username and password/],
      [text({ 'auth-provider': { name: 'gcp' } }), /auth-provider/],
      [
        text({ exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'x' } }),
        /user "u": exec.apiVersion/,
      ],
      [text({ token: 7 }), /user "u": token/],
      [text({ token: 'x' }, { server: 3 }), /cluster "c": server/],
      ['[]', /is not a kubeconfig/],
      ['a: b: c: secret', /is not YAML/],
    ];
    for (const [content, problem] of table) {
      await assert.rejects(source(content), (error: unknown) => {
        assert.ok(error instanceof ConnectorError);
        assert.match(error.message, problem);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
    }
    await assert.rejects(source(text({ token: 'x' }), 'absent'), /has no context "absent"/);
    for (const server of ['http://api.example', 'https://u:p@api.example', 'nonsense']) {
      await assert.rejects((await source(text({ token: 'x' }, { server }))).current(), UpstreamError);
    }
  });

  test('a credential plugin runs when its answer has expired or was rejected, and sees the cluster if it asks', async () => {
    const runs = join(directory, 'runs');
    const plugin = join(directory, 'plugin');
    const answer = (status: object) =>
      JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });
    await writeFile(
      plugin,
      `#!/bin/sh\necho "$SAID $KUBERNETES_EXEC_INFO" >> '${runs}'\ncat '${join(directory, 'answer')}'\n`,
    );
    await chmod(plugin, 0o700);
    const expires = (ms: number) => new Date(time + ms).toISOString();
    await writeFile(join(directory, 'answer'), answer({ token: 'one', expirationTimestamp: expires(60_000) }));
    const credentials = await source(
      text({
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: './plugin',
          env: [{ name: 'SAID', value: 'hello' }],
          provideClusterInfo: true,
          interactiveMode: 'IfAvailable',
        },
      }),
    );
    const count = async () => (await readFile(runs, 'utf8')).trim().split('\n').length;
    assert.equal((await credentials.current()).token, 'one');
    later(40_000);
    assert.equal((await credentials.current()).token, 'one');
    assert.equal(await count(), 1);
    const [said, info] = (await readFile(runs, 'utf8')).split(/ (.*)/);
    assert.equal(said, 'hello');
    assert.equal(JSON.parse(info ?? '').spec.cluster.server, 'https://api.example:6443/base/');
    await writeFile(join(directory, 'answer'), answer({ token: 'two' }));
    later(15_000);
    assert.equal((await credentials.current()).token, 'two');
    credentials.reject();
    later(1_000);
    assert.equal((await credentials.current()).token, 'two');
    assert.equal(await count(), 3);
  });

  test('what a failing plugin prints is told to nobody', async () => {
    const exec = (script: string) => ({
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', script] },
    });
    for (const script of [
      'echo secret; exit 3',
      'echo secret',
      'echo secret >&2; echo "{}"',
      'echo \'{"status":{"token":"secret"}}\'',
    ]) {
      await assert.rejects((await source(text(exec(script)))).current(), (error: unknown) => {
        assert.ok(error instanceof UpstreamError && error.cause instanceof ConnectorError);
        assert.match(error.cause.message, /the credential plugin sh /);
        assert.doesNotMatch(error.cause.message, /secret/);
        return true;
      });
    }
  });

  test('in a pod, token and CA come from the mounted service account', async () => {
    await writeFile(join(directory, 'token'), 'pod-token\n');
    await writeFile(join(directory, 'ca.crt'), 'CA');
    const environment = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
    const credential = await inClusterSource({ environment, now, directory }).current();
    assert.deepEqual(
      [credential.host, credential.port, credential.token, credential.ca],
      ['10.96.0.1', 443, 'pod-token', 'CA'],
    );
    assert.throws(() => inClusterSource({ environment: {}, now }), /works in a pod only/);
  });
});
