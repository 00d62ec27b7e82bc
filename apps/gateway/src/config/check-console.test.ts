// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from './config-error.ts';
import { parseConfig } from './load.ts';

const tls = { certificateFile: 'a', keyFile: 'b' };
const IDP = { issuer: 'people', clientId: 'console' };

function problemsOf(listener?: object, console?: object, approvals: object = {}): readonly string[] {
  const config = {
    ...{ dataDir: 'data', log: { dir: 'log' }, policies: { dir: 'policies' }, clusters: [{ name: 'lab' }] },
    listeners: { data: { tls }, tunnel: {}, control: { tls }, health: {}, ...(listener ? { console: listener } : {}) },
    issuers: [
      { kind: 'oidc', name: 'people', issuer: 'https://idp.example', audience: 'countersign' },
      { kind: 'cluster', name: 'workloads', cluster: 'lab', issuer: 'https://lab', audience: 'countersign' },
    ],
    ...(console ? { console } : {}),
    approvals,
  };
  try {
    parseConfig('config.yaml', JSON.stringify(config));
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

test('a console is on localhost, or behind HTTPS under a name', () => {
  const good = [
    { origin: 'http://localhost:8447' },
    { origin: 'https://console.example', tls, address: '0.0.0.0' },
    { origin: 'https://console.example' },
    { origin: 'https://localhost:8447', tls },
  ];
  for (const listener of good) assert.deepEqual(problemsOf(listener, IDP), [], listener.origin);
  const bad = [
    { origin: 'http://console.example' },
    { origin: 'http://127.0.0.1:8447' },
    { origin: 'https://192.0.2.1', tls },
    { origin: 'https://[::1]', tls },
    { origin: 'https://console.example/', tls },
    { origin: 'https://Console.example', tls },
    { origin: 'https://console.example:443', tls },
    { origin: 'http://localhost:8447', tls },
    { origin: 'ftp://console.example', tls },
    { origin: 'null' },
  ];
  for (const listener of bad) {
    const [problem, ...more] = problemsOf(listener, IDP);
    assert.match(
      problem ?? '',
      /^listeners\.console\.origin: must be|^listeners\.console\.origin: plain/,
      listener.origin,
    );
    assert.deepEqual(more, []);
  }
});

test('plain HTTP is listened for on loopback alone', () => {
  const problem = /^listeners\.console\.tls: is needed on 0\.0\.0\.0/;
  assert.match(problemsOf({ origin: 'https://console.example', address: '0.0.0.0' }, IDP).join(), problem);
  assert.match(problemsOf({ origin: 'http://localhost:8447', address: '0.0.0.0' }, IDP).join(), problem);
});

test('a console has a listener and an issuer at which people log in', () => {
  const listener = { origin: 'http://localhost:8447' };
  assert.deepEqual(problemsOf(listener, undefined), ['console: is needed with listeners.console']);
  assert.deepEqual(problemsOf(undefined, IDP), ['listeners.console: is needed with console']);
  const none = /^console\.issuer: no OIDC issuer/;
  assert.match(problemsOf(listener, { ...IDP, issuer: 'none' }).join(), none);
  assert.match(problemsOf(listener, { ...IDP, issuer: 'workloads' }).join(), none);
  assert.match(problemsOf(listener, { ...IDP, scopes: ['groups'] }).join(), /^console\.scopes/);
  assert.match(problemsOf(listener, { ...IDP, scopes: ['openid groups'] }).join(), /^console\.scopes\.0/);
});

test('where a yes must be of a passkey there is a console', () => {
  const required = { passkeys: 'required' };
  assert.deepEqual(problemsOf({ origin: 'http://localhost:8447' }, IDP, required), []);
  assert.deepEqual(problemsOf(undefined, undefined, required), [
    'approvals.passkeys: needs a console (`console`, `listeners.console`): passkeys are used there',
  ]);
  assert.deepEqual(problemsOf(undefined, undefined, { passkeys: 'offered' }), []);
});
