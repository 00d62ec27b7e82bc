// SPDX-License-Identifier: Apache-2.0
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { X509CertificateGenerator } from '@peculiar/x509';
import { assertCertificates } from './check-files.ts';
import { ConfigError } from './config-error.ts';
import { loadConfig, parseConfig } from './load.ts';

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-load-'));
});
after(() => rm(dir, { recursive: true }));

function textOf(changes: Readonly<Record<string, string>> = {}): string {
  const lines = {
    dataDir: 'state',
    data: '{ tls: { certificateFile: a, keyFile: b } }',
    control: '{ tls: { certificateFile: a, keyFile: b } }',
    tunnel: '{}',
    health: '{}',
    issuers: '[{ kind: oidc, name: people, issuer: "https://idp.example.com", audience: countersign }]',
    agents: '[]',
    ...changes,
  };
  return `
dataDir: ${lines.dataDir}
listeners: { data: ${lines.data}, control: ${lines.control}, tunnel: ${lines.tunnel}, health: ${lines.health} }
log: { dir: log }
policies: { dir: policies }
issuers: ${lines.issuers}
clusters: [{ name: lab }]
agents: ${lines.agents}
`;
}

function problemsOf(text: string): readonly string[] {
  try {
    parseConfig('config.yaml', text);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

async function problemsOfFiles(text: string): Promise<readonly string[]> {
  const file = join(dir, 'config.yaml');
  await writeFile(file, text);
  const failure = await assertCertificates(await loadConfig(file)).catch((error: unknown) => error);
  return failure instanceof ConfigError ? failure.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

async function certificateOfAnotherKey(): Promise<string> {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const certificate = await X509CertificateGenerator.createSelfSigned({ name: 'CN=gateway', keys, signingAlgorithm });
  return certificate.toString('pem');
}

test('each mistake is told by its place, in words that say what to write', () => {
  assert.deepEqual(problemsOf(textOf()), []);
  assert.deepEqual(problemsOf(''), [': must be a mapping of keys to values']);
  const text = textOf({
    dataDir: '7',
    data: '{ address: gateway, port: 99999, tls: { certificateFile: "" }, tsl: 1 }',
    issuers: '[{ kind: ldap, name: people }]',
    agents: '[{ id: a, owner: o, purpose: p, match: { issuer: people, subject: a }, expiresAt: soon, disabled: 1 }]',
  });
  assert.deepEqual(problemsOf(text), [
    'dataDir: must be a text',
    'listeners.data.address: must be an IP address',
    'listeners.data.port: must be at most 65535',
    'listeners.data.tls.certificateFile: must not be empty',
    'listeners.data.tls.keyFile: is missing',
    'listeners.data: unknown key "tsl"',
    'issuers.0.kind: must be one of "oidc", "cluster"',
    'agents.0.expiresAt: must be a time such as 2027-01-31T12:00:00Z',
    'agents.0.disabled: must be true or false',
  ]);
});

test('what is no YAML is told in a line each, without the text, and not without end', () => {
  assert.deepEqual(problemsOf('a: secret\na: 2\n'), [': Map keys must be unique at line 2, column 1']);
  assert.deepEqual(problemsOf('a: 1\n---\na: 2\n'), [': holds more than one YAML document']);
  assert.deepEqual(problemsOf('a: &x 1\nb: *x\n'), [': YAML aliases (*name) are not read; write the value out']);
  assert.deepEqual(problemsOf(`a: ${'['.repeat(100_000)}`), [': is nested too deeply']);
  const many = problemsOf('- : : :\n'.repeat(100));
  assert.equal(many.length, 11);
  assert.match(many.at(-1) ?? '', /^: and \d+ more$/);
});

test('an issuer that the gateway would not start with is told as a problem of the file', () => {
  const issuers = (issuer: string) => `[{ kind: oidc, name: people, issuer: "${issuer}", audience: countersign }]`;
  const problem = (message: string) => [`issuers.0.issuer: ${message}`];
  const plain = problem('must be an https URL without user, query or fragment');
  for (const issuer of [
    'https://idp.example.com/?tenant=a',
    'https://idp.example.com/#a',
    'https://u:p@idp.example.com',
  ])
    assert.deepEqual(problemsOf(textOf({ issuers: issuers(issuer) })), plain);
  assert.deepEqual(
    problemsOf(textOf({ issuers: issuers('http://idp.example.com') })),
    problem('plain http is for loopback only; use https'),
  );
  assert.deepEqual(problemsOf(textOf({ issuers: issuers('http://127.0.0.1:8447') })), []);
});

test('an agent has one entry for a cluster: of two, nobody could say which one counts', () => {
  const clusters = '[{ name: lab, groups: [readers] }, { name: lab, groups: [writers] }]';
  const agents = `[{ id: a, owner: o, purpose: p, match: { issuer: people, subject: a }, clusters: ${clusters} }]`;
  assert.deepEqual(problemsOf(textOf({ agents })), ['agents.0.clusters.1.name: cluster "lab" stands here twice']);
});

test('two listeners can have no port in common, but for the one that means any', () => {
  assert.deepEqual(problemsOf(textOf({ tunnel: '{ port: 8443 }' })), [
    'listeners.tunnel.port: 127.0.0.1 port 8443 is taken by listeners.data',
  ]);
  assert.deepEqual(problemsOf(textOf({ tunnel: '{ port: 0 }', health: '{ port: 0 }' })), []);
});

test('what is no configuration at all is refused for what it is, and a device is not read to its end', async () => {
  const file = join(dir, 'binary');
  await writeFile(file, Buffer.from([0xff, 0x00, 0xfe]));
  await assert.rejects(loadConfig(file), { message: /is not UTF-8 text/ });
  await assert.rejects(loadConfig(dir), { message: /is a directory/ });
  await assert.rejects(loadConfig(join(dir, 'nowhere')), { message: /is not there/ });
  await assert.rejects(loadConfig('/dev/zero'), { message: /is longer than 4194304 bytes/ });
});

test('certificates and keys that are missing, unreadable or not of each other are told by their place', async () => {
  assert.deepEqual(await problemsOfFiles(textOf()), [
    `listeners.data.tls.certificateFile: ${dir}/a is not there`,
    `listeners.data.tls.keyFile: ${dir}/b is not there`,
    `listeners.control.tls.certificateFile: ${dir}/a is not there`,
    `listeners.control.tls.keyFile: ${dir}/b is not there`,
  ]);
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await writeFile(join(dir, 'a'), await certificateOfAnotherKey());
  await writeFile(join(dir, 'b'), privateKey);
  const control = '{ port: 1, tls: { certificateFile: config.yaml, keyFile: a } }';
  assert.deepEqual(await problemsOfFiles(textOf({ control })), [
    `listeners.data.tls.keyFile: ${dir}/b is not the key of ${dir}/a`,
    `listeners.control.tls.certificateFile: ${dir}/config.yaml holds no certificate in PEM`,
    `listeners.control.tls.keyFile: ${dir}/a holds no private key without a passphrase in PEM`,
  ]);
});

test('what a PostgreSQL is sent in the clear stays on this machine', () => {
  const withStore = (postgres: string) => `${textOf()}\nstore: { postgres: ${postgres} }`;
  const good = [
    '{ host: db.example.com, passwordFile: p, caFile: c }',
    '{ host: 127.0.0.1, tls: off }',
    '{ host: localhost, tls: off, port: 6432 }',
    '{ host: /run/postgresql, tls: off }',
  ];
  for (const postgres of good) assert.deepEqual(problemsOf(withStore(postgres)), [], postgres);
  const { store } = parseConfig('/etc/countersign/config.yaml', withStore(good[0] ?? ''));
  assert.equal(store.postgres?.passwordFile, '/etc/countersign/p');
  assert.equal(store.postgres?.caFile, '/etc/countersign/c');
  const offAbroad = 'store.postgres.tls: may be off for a socket or on loopback alone';
  assert.deepEqual(problemsOf(withStore('{ host: db.example.com, tls: off }')), [offAbroad]);
  assert.deepEqual(problemsOf(withStore('{ host: 127.0.0.1.example.com, tls: off }')), [offAbroad]);
  assert.deepEqual(problemsOf(withStore('{ host: /run/postgresql }')), [
    'store.postgres.tls: must be off: a socket speaks no TLS',
  ]);
  assert.deepEqual(problemsOf(withStore('{ host: 127.0.0.1, tls: off, caFile: c }')), [
    'store.postgres.caFile: means nothing with tls: off',
  ]);
  assert.match(problemsOf(withStore('{ host: db, password: x }'))[0] ?? '', /^store\.postgres: .*password/);
});

test('a password file that is none is told, and its content is not', async () => {
  const store = 'store: { postgres: { host: 127.0.0.1, tls: off, passwordFile: password } }';
  const problems = async () =>
    (await problemsOfFiles(`${textOf()}\n${store}`)).filter((line) => line.startsWith('store'));
  assert.match((await problems())[0] ?? '', /^store\.postgres\.passwordFile: .*password is not there$/);
  for (const text of ['', '\n', 'one\ntwo\n', 'a\0b']) {
    await writeFile(join(dir, 'password'), text);
    assert.match((await problems())[0] ?? '', /is not one line of UTF-8 text$/, JSON.stringify(text));
  }
  await writeFile(join(dir, 'password'), Buffer.from([0xff, 0x0a]));
  assert.equal((await problems()).length, 1);
  await writeFile(join(dir, 'password'), 'with spaces at its end  \r\n');
  assert.deepEqual(await problems(), []);
});
