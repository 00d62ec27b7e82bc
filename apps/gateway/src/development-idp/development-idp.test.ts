// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createAuthenticator } from '../identity/authenticator.ts';
import { type DevelopmentIdp, startDevelopmentIdp } from './development-idp.ts';
import { NOTICE } from './notice.ts';

const AUDIENCE = 'countersign-test';
const REPORTER = { id: 'reporter', groups: ['readers', 'system:masters'] };

async function temporaryDir(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'countersign-idp-'));
  t.after(() => rm(dir, { recursive: true }));
  return dir;
}

async function start(t: TestContext, dir: string, port = 0): Promise<{ idp: DevelopmentIdp; lines: string[] }> {
  const lines: string[] = [];
  const idp = await startDevelopmentIdp({
    dir,
    audience: AUDIENCE,
    clients: [REPORTER],
    port,
    log: (line) => lines.push(line),
  });
  let open = true;
  const close = idp.close;
  idp.close = async () => {
    if (open) await close();
    open = false;
  };
  t.after(() => idp.close());
  return { idp, lines };
}

async function requestToken(issuer: string, id: string, secret: string, parameters: Record<string, string> = {}) {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...parameters }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string | number> };
}

async function secretOf(idp: DevelopmentIdp, id: string): Promise<string> {
  return (await readFile(idp.credentials.get(id)?.secretFile ?? '', 'utf8')).trim();
}

async function tokenOf(idp: DevelopmentIdp, id: string): Promise<string> {
  const { status, body } = await requestToken(idp.issuer, id, await secretOf(idp, id));
  assert.equal(status, 200);
  return String(body.access_token);
}

function authenticatorOf({ issuer }: DevelopmentIdp) {
  return createAuthenticator({
    issuers: [
      {
        kind: 'oidc',
        issuer,
        audience: AUDIENCE,
        algorithms: ['ES256'],
        maxLifetimeSeconds: 900,
        groupsClaim: 'groups',
      },
    ],
    now: Date.now,
  });
}

test('an agent gets a short-lived access token that the gateway takes', async (t) => {
  const { idp } = await start(t, await temporaryDir(t));
  const token = await tokenOf(idp, 'reporter');
  assert.deepEqual([decodeProtectedHeader(token).alg, decodeProtectedHeader(token).typ], ['ES256', 'at+jwt']);
  const { iat = 0, exp } = decodeJwt(token);
  assert.equal(exp, iat + 900);
  const answer = await authenticatorOf(idp).authenticate(token);
  assert.equal(answer.kind, 'authenticated');
  assert.equal(answer.facts.subject, 'reporter');
  assert.deepEqual(answer.facts.groups, ['readers']);
});

test('tokens, keys and secrets outlive a restart on the same port', async (t) => {
  const dir = await temporaryDir(t);
  const { idp: first } = await start(t, dir);
  const token = await tokenOf(first, 'reporter');
  const secret = await secretOf(first, 'reporter');
  await first.close();
  const { idp: second } = await start(t, dir, Number(new URL(first.issuer).port));
  assert.equal((await authenticatorOf(second).authenticate(token)).kind, 'authenticated');
  assert.equal((await requestToken(second.issuer, 'reporter', secret)).status, 200);
});

test('a wrong secret, a stranger and another resource get nothing', async (t) => {
  const { idp, lines } = await start(t, await temporaryDir(t));
  const secret = await secretOf(idp, 'reporter');
  assert.equal((await requestToken(idp.issuer, 'reporter', `${secret}x`)).status, 401);
  assert.equal((await requestToken(idp.issuer, 'stranger', secret)).status, 401);
  const other = await requestToken(idp.issuer, 'reporter', secret, { resource: 'https://other.example' });
  assert.deepEqual([other.status, other.body.error], [400, 'invalid_target']);
  assert.equal((await requestToken(idp.issuer, 'reporter', secret, { grant_type: 'password' })).status, 400);
  assert.equal(lines.length, 1);
  assert.ok(!lines.join().includes(secret));
});

test('a client that is added later gets tokens, each with its own groups', async (t) => {
  const { idp } = await start(t, await temporaryDir(t));
  await idp.addClient({ id: 'deployer', groups: ['deployers'] });
  assert.deepEqual(decodeJwt(await tokenOf(idp, 'deployer')).groups, ['deployers']);
  assert.deepEqual(decodeJwt(await tokenOf(idp, 'reporter')).groups, REPORTER.groups);
  assert.notEqual(await secretOf(idp, 'deployer'), await secretOf(idp, 'reporter'));
});

test('a client with a key gets a token for an assertion, once', async (t) => {
  const { idp } = await start(t, await temporaryDir(t));
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  idp.addKeyClient({ id: 'signer', groups: [], publicKey: await exportJWK(publicKey) });
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer('signer')
    .setSubject('signer')
    .setAudience(idp.issuer)
    .setJti('one')
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(privateKey);
  const ask = async () => {
    const response = await fetch(`${idp.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }),
    });
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await ask(), 200);
  assert.equal(await ask(), 401);
});

test('ids that could leave the directory are refused', async (t) => {
  const { idp } = await start(t, await temporaryDir(t));
  for (const id of ['', '../x', 'a/b', 'A', 'a.b', 'a'.repeat(64)]) {
    await assert.rejects(idp.addClient({ id, groups: [] }), { code: 'ERR_DEVELOPMENT_IDP_CLIENT' });
  }
});

test('keys and secrets are readable by their owner alone, or it does not start', async (t) => {
  const dir = await temporaryDir(t);
  const { idp } = await start(t, dir);
  const files = [join(dir, 'keys.json'), idp.credentials.get('reporter')?.secretFile ?? ''];
  await idp.close();
  for (const file of files) {
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await chmod(file, 0o640);
    await assert.rejects(start(t, dir), { code: 'ERR_DEVELOPMENT_IDP_FILE' });
    await chmod(file, 0o600);
  }
  await writeFile(join(dir, 'keys.json'), '{"keys":"secret text"');
  await assert.rejects(start(t, dir), (error: Error) => !error.message.includes('secret text'));
});

test('a port that is taken is named', async (t) => {
  const { idp } = await start(t, await temporaryDir(t));
  const port = Number(new URL(idp.issuer).port);
  await assert.rejects(start(t, await temporaryDir(t), port), { code: 'ERR_DEVELOPMENT_IDP_PORT' });
});

test('it says what it is: in the log, in discovery, on its pages', async (t) => {
  const { idp, lines } = await start(t, await temporaryDir(t));
  assert.ok(lines[0]?.includes(NOTICE));
  const discovery = (await (await fetch(`${idp.issuer}/.well-known/openid-configuration`)).json()) as Record<
    string,
    unknown
  >;
  assert.equal(discovery.notice, NOTICE);
  assert.deepEqual(discovery.grant_types_supported, ['client_credentials']);
  for (const path of ['/', '/auth?client_id=reporter&response_type=code']) {
    assert.ok((await (await fetch(`${idp.issuer}${path}`)).text()).includes(NOTICE), path);
  }
});

test('a page of another site that was rebound to loopback learns nothing', async (t) => {
  const { idp } = await start(t, await temporaryDir(t));
  const { port } = new URL(idp.issuer);
  const status = await new Promise((resolve) => {
    http.get({ host: '127.0.0.1', port, path: '/jwks', headers: { host: `evil.example:${port}` } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
  });
  assert.equal(status, 421);
});

const LOGIN = {
  client: { id: 'console', redirectUri: 'http://localhost:9/auth/callback' },
  people: [{ id: 'approver', groups: ['approvers'] }],
};

async function startWithPeople(t: TestContext): Promise<string> {
  const options = {
    dir: await temporaryDir(t),
    audience: AUDIENCE,
    clients: [REPORTER],
    port: 0,
    log: () => undefined,
  };
  const idp = await startDevelopmentIdp({ ...options, login: LOGIN });
  t.after(() => idp.close());
  return idp.issuer;
}

/** The answer to somebody who comes to log in, with these parameters instead of the usual. */
function comeToLogin(issuer: string, changes: Record<string, string>): Promise<Response> {
  const usual = {
    client_id: 'console',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: LOGIN.client.redirectUri,
  };
  const pkce = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
  const query = new URLSearchParams({ ...usual, ...pkce, ...changes });
  return fetch(`${issuer}/auth?${query}`, { redirect: 'manual' });
}

test('people log in to one program, by code flow with PKCE, and it asks who they are', async (t) => {
  const issuer = await startWithPeople(t);
  const begun = await comeToLogin(issuer, {});
  const cookie = begun.headers
    .getSetCookie()
    .map((line) => line.split(';', 1).join(''))
    .join('; ');
  const place = new URL(begun.headers.get('location') ?? '', issuer);
  const form = await (await fetch(place, { headers: { cookie } })).text();
  assert.ok(form.includes(NOTICE));
  assert.ok(form.includes('value="approver"'));
  const say = async (person: string, headers: Record<string, string>) => {
    const body = new URLSearchParams({ person });
    return (await fetch(place, { method: 'POST', redirect: 'manual', headers, body })).status;
  };
  assert.equal(await say('nobody', { cookie }), 400);
  assert.equal(await say('approver', {}), 400);
  assert.equal(await say('approver', { cookie, origin: 'http://localhost:9' }), 400);
  assert.equal(await say('approver', { cookie, origin: issuer }), 303);
});

test('nobody else is logged in, nowhere else, and not without PKCE', async (t) => {
  const issuer = await startWithPeople(t);
  for (const changes of [{ redirect_uri: 'http://localhost:10/auth/callback' }, { client_id: 'reporter' }]) {
    const answer = await comeToLogin(issuer, changes);
    assert.equal(answer.status, 400);
    assert.equal(answer.headers.get('location'), null);
  }
  for (const changes of [{ code_challenge: '' }, { code_challenge_method: 'plain' }, { response_type: 'id_token' }]) {
    const { headers } = await comeToLogin(issuer, changes as Record<string, string>);
    assert.equal(headers.get('location')?.includes('error='), true, JSON.stringify(changes));
  }
});

test('it writes nothing to the process that runs it', async (t) => {
  const written: unknown[] = [];
  for (const method of ['info', 'warn', 'log', 'error'] as const) {
    t.mock.method(console, method, (...text: unknown[]) => written.push(text));
  }
  const { idp } = await start(t, await temporaryDir(t));
  await tokenOf(idp, 'reporter');
  await fetch(`${idp.issuer}/nowhere`);
  assert.deepEqual(written, []);
});
