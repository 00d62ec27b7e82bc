// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { type DevelopmentIdp, startDevelopmentIdp } from '@countersign/gateway';
import { createAuthority } from '@countersign/lab';
import { decodeJwt } from 'jose';
import { runCommand } from './command-fixture.ts';
import { beginDeviceLogin } from './login/device-login.ts';
import { logIn } from './login/log-in-for-tests.ts';
import { loginToken } from './login/login-token.ts';
import { type Login, type LoginSettings, Logins, loginsPath } from './login/logins.ts';

let dir: string;
let idp: DevelopmentIdp;
let server: Server;
let settings: LoginSettings;
let logins: Logins;
let seen: string[];
const stateBefore = process.env.XDG_STATE_HOME;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-login-'));
  idp = await startDevelopmentIdp({
    dir: join(dir, 'provider'),
    audience: 'countersign',
    clients: [],
    login: {
      client: { id: 'console', redirectUri: 'http://localhost:9/auth/callback' },
      deviceClientId: 'cli',
      people: [{ id: 'approver', groups: ['approvers'] }],
    },
    port: 0,
    log: () => undefined,
  });
  const authority = await createAuthority('test');
  const { certificate: cert, key } = await authority.issue({ commonName: 'control', addresses: ['127.0.0.1'] });
  server = createServer({ cert, key }, ({ headers }, response) => {
    seen.push(String(headers.authorization));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[]}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ca = join(dir, 'ca.pem');
  await writeFile(ca, authority.certificate);
  const control = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  settings = { control, ca, issuer: idp.issuer, clientId: 'cli', scope: 'openid offline_access' };
});

beforeEach(async () => {
  process.env.XDG_STATE_HOME = await mkdtemp(join(dir, 'state-'));
  logins = new Logins(loginsPath(process.env));
  seen = [];
});

after(async () => {
  if (stateBefore === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = stateBefore;
  server.closeAllConnections();
  server.close();
  await idp.close();
  await rm(dir, { recursive: true });
});

/** Somebody who has logged in, as the file has it. */
async function loggedIn(): Promise<Login> {
  const login = { ...settings, tokens: await logIn(settings, 'approver') };
  await logins.keep(login);
  return login;
}

const later =
  ({ tokens }: Login) =>
  () =>
    tokens.expiresAtMs;

test('a command without flags goes where somebody has logged in, as that person', async () => {
  const { tokens } = await loggedIn();
  assert.equal((await runCommand('agents', 'list')).exitCode, 0);
  assert.equal((await runCommand('agents', 'list', '--control', `${settings.control}/`)).exitCode, 0);
  assert.deepEqual(seen, [`Bearer ${tokens.accessToken}`, `Bearer ${tokens.accessToken}`]);
});

test('a credential that is named goes before the login', async () => {
  await loggedIn();
  const tokenFile = join(dir, 'token');
  await writeFile(tokenFile, 'a.b.c');
  assert.equal((await runCommand('agents', 'list', '--token-file', tokenFile)).exitCode, 0);
  assert.deepEqual(seen, ['Bearer a.b.c']);
});

test('a token goes to the listener that it was got for, and to no other', async () => {
  await loggedIn();
  const other = settings.control.replace('127.0.0.1', 'localhost');
  const { err, exitCode } = await runCommand('agents', 'list', '--control', other);
  assert.match(err, /nobody is logged in at https:\/\/localhost:\d+: run "countersign login", or name/);
  assert.equal(exitCode, 3);
  assert.deepEqual(seen, []);
});

test('tokens lie where their owner alone may read them, or are not used', async () => {
  await loggedIn();
  assert.equal((await stat(logins.path)).mode & 0o777, 0o600);
  await chmod(logins.path, 0o640);
  const { err, exitCode } = await runCommand('agents', 'list');
  assert.match(err, /others may read \S+, where your tokens are: run chmod 600/);
  assert.equal(exitCode, 2);
  await chmod(logins.path, 0o600);
  await writeFile(logins.path, '{"logins":[{"secret text"');
  assert.match((await runCommand('agents', 'list')).err, /holds no logins: remove it, and log in again\n$/);
});

test('a file of logins never grows longer than it is read: the one that was not used for longest goes', async () => {
  const loginAt = (port: number, accessToken: string): Login => {
    return { ...settings, control: `https://127.0.0.1:${port}`, tokens: { accessToken, expiresAtMs: 0 } };
  };
  for (const port of [1, 2, 3]) await logins.keep(loginAt(port, 'a'.repeat(30_000)));
  assert.deepEqual(
    (await logins.read()).map(({ control }) => control),
    ['https://127.0.0.1:3', 'https://127.0.0.1:2'],
  );
  await assert.rejects(logins.keep(loginAt(4, 'a'.repeat(70_000))), /too long to be kept/);
  assert.equal((await logins.read()).length, 2);
});

test('commands that run at once renew a token once, and all go on with what came', async () => {
  const { tokens, ...where } = await loggedIn();
  const login = { ...where, tokens: { ...tokens, expiresAtMs: Date.now() } };
  await logins.renew(login);
  const renewed = await Promise.all([1, 2, 3].map(() => loginToken(logins, login, Date.now)));
  const kept = await logins.find(settings.control);
  assert.equal(new Set(renewed).size, 1);
  assert.equal(kept?.tokens.accessToken, renewed[0]);
  assert.equal(decodeJwt(kept?.tokens.accessToken ?? '').sub, 'approver');
  assert.equal((await stat(logins.path)).mode & 0o777, 0o600);
});

test('a login that has ended is told as one', async () => {
  const login = await loggedIn();
  const ended = { exitCode: 1, message: /^your login at https:\S+ has ended: run "countersign login" again$/ };
  await logins.renew({ ...login, tokens: { ...login.tokens, refreshToken: 'of nobody' } });
  await assert.rejects(loginToken(logins, login, later(login)), ended);
  await logins.renew({ ...login, tokens: { ...login.tokens, refreshToken: undefined } });
  await assert.rejects(loginToken(logins, login, later(login)), ended);
});

test('who logs out is forgotten, here and at the provider', async () => {
  const login = await loggedIn();
  const { out, exitCode } = await runCommand('logout');
  assert.match(out, /^logged out at \S+: its tokens are no longer kept here\nhttp:\S+ gives no more for this login\n$/);
  assert.equal(exitCode, 0);
  assert.deepEqual(await logins.read(), []);
  assert.match((await runCommand('agents', 'list')).err, /name the control listener with --control, or log in first/);
  assert.match((await runCommand('logout')).err, /nobody is logged in/);
  await logins.keep(login);
  await assert.rejects(loginToken(logins, login, later(login)), { message: /has ended/ });
});

test('what a provider does not let be is told in plain words', async () => {
  const begin = (changes: Partial<LoginSettings>) => beginDeviceLogin({ ...settings, ...changes });
  const { port } = new URL(idp.issuer);
  for (const [changes, message] of [
    [{ clientId: 'nobody' }, /knows no client nobody without a secret: check --client-id$/],
    [{ clientId: 'console' }, /knows no client console without a secret/],
    [{ resource: 'https://other.example' }, /does not serve that --resource$/],
    [{ issuer: `http://localhost:${port}` }, /no discovery document of its own: check --issuer, to the last slash$/],
    [{ issuer: 'http://127.0.0.1:1' }, /^the identity provider at http:\S+ can't be reached: /],
    [{ issuer: 'http://idp.example' }, /^the issuer must be an https URL/],
  ] as const) {
    await assert.rejects(begin(changes), { exitCode: 1, message }, JSON.stringify(changes));
  }
});

test('it says what it must know', async () => {
  const { err, exitCode } = await runCommand('login');
  assert.match(err, /say where you log in: --control, --issuer and --client-id/);
  assert.equal(exitCode, 3);
});
