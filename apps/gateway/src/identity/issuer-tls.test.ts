// SPDX-License-Identifier: Apache-2.0
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import * as x509 from '@peculiar/x509';
import { createAuthenticator } from './authenticator.ts';
import { AUDIENCE, NOW_SECONDS, signingKey, signToken, startIssuer, type TestIssuer } from './issuer-for-tests.ts';

const key = signingKey('tls');

/** A self-signed certificate for 127.0.0.1 and its key, PEM. */
async function selfSigned(): Promise<{ key: string; cert: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=issuer for tests',
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'), cert: certificate.toString('pem') };
}

async function outcome(issuer: TestIssuer, ca?: string): Promise<string> {
  const authenticator = createAuthenticator({
    issuers: [
      { kind: 'oidc', issuer: issuer.url, audience: AUDIENCE, algorithms: ['ES256'], maxLifetimeSeconds: 600, ca },
    ],
    now: () => NOW_SECONDS * 1000,
  });
  const claims = { iss: issuer.url, sub: 'a', aud: AUDIENCE, iat: NOW_SECONDS, exp: NOW_SECONDS + 600 };
  const answer = await authenticator.authenticate(signToken({ alg: 'ES256', kid: 'tls', typ: 'at+jwt' }, claims, key));
  return answer.kind;
}

async function startTlsIssuer(t: TestContext): Promise<{ issuer: TestIssuer; cert: string }> {
  const tls = await selfSigned();
  const issuer = await startIssuer([key], tls);
  t.after(() => issuer.close());
  return { issuer, cert: tls.cert };
}

test("an issuer's certificate is verified against its CA", async (t) => {
  const { issuer, cert } = await startTlsIssuer(t);
  assert.equal(await outcome(issuer, cert), 'authenticated');
  assert.equal(await outcome(issuer), 'unavailable');
  assert.equal(await outcome(issuer, (await selfSigned()).cert), 'unavailable');
});

test('an issuer on https publishes no keys over plain http, not even on loopback', async (t) => {
  const { issuer, cert } = await startTlsIssuer(t);
  const plain = await startIssuer([key]);
  t.after(() => plain.close());
  issuer.discovery.jwks_uri = `${plain.url}/keys`;
  assert.equal(await outcome(issuer, cert), 'unavailable');
  assert.deepEqual(plain.requests, []);
});
