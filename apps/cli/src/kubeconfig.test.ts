// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { parse } from 'yaml';
import type { CliError } from './cli-error.ts';
import { runCommand } from './command-fixture.ts';
import { type CredentialSource, credentialArguments, readCredentialSource } from './credential/credential-source.ts';
import {
  type AgentKubeconfigOptions,
  agentKubeconfig,
  writeAgentKubeconfig,
  writeOwnerFile,
} from './kubeconfig/agent-kubeconfig.ts';
import { findCommand } from './kubeconfig/find-command.ts';

const CA = rootCertificates[0] ?? '';
const options: AgentKubeconfigOptions = {
  agent: 'reporter',
  cluster: 'lab',
  server: 'https://127.0.0.1:8443',
  ca: CA,
  namespace: 'demo',
  credential: { kind: 'token-file', tokenFile: '/run/token' },
  command: ['/opt/node', '/opt/countersign.js'],
};

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-kubeconfig-'));
});
after(() => rm(dir, { recursive: true }));

describe('agentKubeconfig', () => {
  test('names the gateway, its CA, the namespace and the command that gets tokens', () => {
    assert.deepEqual(agentKubeconfig(options), {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'lab',
          cluster: {
            server: 'https://127.0.0.1:8443/clusters/lab',
            'certificate-authority-data': Buffer.from(`${CA.trim()}\n`).toString('base64'),
          },
        },
      ],
      users: [
        {
          name: 'countersign-reporter',
          user: {
            exec: {
              apiVersion: 'client.authentication.k8s.io/v1',
              command: '/opt/node',
              args: ['/opt/countersign.js', 'credential', '--token-file', '/run/token'],
              interactiveMode: 'Never',
              provideClusterInfo: false,
              installHint: 'The agent gets its tokens from the countersign command: install it, or put it on the PATH.',
            },
          },
        },
      ],
      contexts: [
        { name: 'reporter@lab', context: { cluster: 'lab', user: 'countersign-reporter', namespace: 'demo' } },
      ],
      'current-context': 'reporter@lab',
    });
  });

  test('of a CA file, certificates alone are taken', () => {
    const ca = `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n${CA}\n${rootCertificates[1]}`;
    const text = JSON.stringify(agentKubeconfig({ ...options, ca }));
    const data = /"certificate-authority-data":"([^"]+)"/.exec(text)?.[1] ?? '';
    const pem = Buffer.from(data, 'base64').toString();
    assert.equal(pem.match(/BEGIN CERTIFICATE/g)?.length, 2);
    assert.ok(!pem.includes('PRIVATE'));
  });

  const refused: readonly (readonly [name: string, exitCode: number, change: Partial<AgentKubeconfigOptions>])[] = [
    ['plain http', 3, { server: 'http://127.0.0.1:8443' }],
    ['no URL', 3, { server: '127.0.0.1:8443' }],
    ['a password in the URL', 3, { server: 'https://user:word@gateway.example' }],
    ['a query in the URL', 3, { server: 'https://gateway.example?x' }],
    ['an agent that is no name', 3, { agent: 'a/b' }],
    ['a cluster that is no name', 3, { cluster: '../lab' }],
    ['a namespace that is no name', 3, { namespace: 'a b' }],
    ['a CA that is none', 2, { ca: 'x' }],
    ['a CA that is broken', 2, { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }],
  ];
  for (const [name, exitCode, change] of refused) {
    test(`refuses ${name}`, () => {
      assert.throws(
        () => agentKubeconfig({ ...options, ...change }),
        (error: CliError) => error.exitCode === exitCode,
      );
    });
  }
});

test('writeAgentKubeconfig replaces the file, for its owner alone, and leaves nothing beside it', async () => {
  const path = join(dir, 'made', 'reporter.kubeconfig');
  assert.equal(await writeAgentKubeconfig({ ...options, path }), path);
  await chmod(path, 0o644);
  await writeAgentKubeconfig({ ...options, namespace: 'other', path: relative(process.cwd(), path) });
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(join(dir, 'made'))).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(join(dir, 'made')), ['reporter.kubeconfig']);
  assert.deepEqual(parse(await readFile(path, 'utf8')), agentKubeconfig({ ...options, namespace: 'other' }));
  await assert.rejects(writeAgentKubeconfig({ ...options, path: join(path, 'below') }), { exitCode: 2 });
});

test('the arguments of a source read back as that source', () => {
  const client = { issuer: 'https://idp.example', clientId: 'a', scope: 'x y', resource: 'urn:r' };
  const sources: readonly CredentialSource[] = [
    { kind: 'token-file', tokenFile: '/run/token' },
    { kind: 'client-secret', ...client, secretFile: '/run/secret' },
    { kind: 'client-key', ...client, keyFile: '/run/key', keyId: 'k' },
  ];
  for (const source of sources) {
    const [, ...flags] = credentialArguments(source);
    const given: Record<string, string> = {};
    for (let at = 0; at < flags.length; at += 2) {
      const name = flags[at]?.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) ?? '';
      given[name] = flags[at + 1] ?? '';
    }
    assert.deepEqual(readCredentialSource(given), source);
  }
});

test('a provider that no secret may be sent to is refused before a file names it', () => {
  const client = { clientId: 'a', clientSecretFile: 'secret' };
  for (const issuer of ['idp.example', 'http://idp.example', 'http://127.0.0.1.example'])
    assert.throws(() => readCredentialSource({ ...client, issuer }), { exitCode: 3, message: /^--issuer must be/ });
  for (const issuer of ['https://idp.example/tenant', 'http://127.0.0.1:8447'])
    assert.equal(readCredentialSource({ ...client, issuer }).kind, 'client-secret');
});

test('findCommand prefers the name on the PATH, else gives absolute paths', async () => {
  const bin = join(dir, 'countersign');
  assert.deepEqual(findCommand(`/nowhere:${dir}`, '/opt/node', '/opt/main.ts'), ['/opt/node', '/opt/main.ts']);
  await writeFile(bin, '#!/bin/sh\n', { mode: 0o755 });
  assert.deepEqual(findCommand(`/nowhere:${dir}`, '/opt/node', '/opt/main.ts'), ['countersign']);
});

test('findCommand does not count on what npm puts on the PATH of what it runs', async () => {
  const bin = join(dir, 'node_modules', '.bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'countersign'), '#!/bin/sh\n', { mode: 0o755 });
  for (const path of [bin, `${bin}/`]) {
    assert.deepEqual(findCommand(path, '/opt/node', '/opt/main.ts'), ['/opt/node', '/opt/main.ts']);
  }
});

test('a file that could not be put into place leaves nothing behind', async () => {
  const place = join(dir, 'taken');
  await mkdir(place);
  await assert.rejects(writeOwnerFile(place, 'secret'), { exitCode: 2 });
  assert.deepEqual(
    (await readdir(dir)).filter((name) => name.startsWith('taken')),
    ['taken'],
  );
});

describe('the verb', () => {
  const run = (args: readonly string[]) => runCommand('kubeconfig', ...args);
  const target = ['reporter', '--cluster', 'lab', '--server', 'https://127.0.0.1:8443'];

  test('prints, or writes a file that only its owner reads', async () => {
    const ca = join(dir, 'ca.pem');
    const out = join(dir, 'out.kubeconfig');
    await writeFile(ca, CA);
    const args = [
      ...target,
      '--ca',
      ca,
      '--namespace',
      'demo',
      '--token-file',
      '/run/token',
      '--command',
      '/opt/countersign',
    ];
    const expected = agentKubeconfig({ ...options, command: ['/opt/countersign'] });
    assert.deepEqual(parse((await run(args)).out), expected);
    assert.deepEqual(JSON.parse((await run([...args, '-o', 'json'])).out), expected);
    assert.equal((await run([...args, '--out', out])).out, '');
    assert.deepEqual(parse(await readFile(out, 'utf8')), expected);
    assert.equal((await stat(out)).mode & 0o777, 0o600);
  });

  test('says what is missing', async () => {
    const without = await run(target);
    assert.deepEqual([without.out, without.exitCode], ['', 3]);
    assert.match(without.err, /name one source/);
    const noCa = await run([...target, '--token-file', '/run/token', '--ca', join(dir, 'nowhere')]);
    assert.deepEqual([noCa.out, noCa.exitCode], ['', 2]);
  });
});
