// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash, createHmac, createPublicKey } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { CompactEncrypt, SignJWT } from 'jose';
import type { Authentication, RefusalReason } from './authentication.ts';
import { type Authenticator, createAuthenticator } from './authenticator.ts';
import {
  AUDIENCE,
  encodePart,
  NOW_SECONDS,
  type SigningKey,
  signBytes,
  signingKey,
  signToken,
  startIssuer,
  type TestIssuer,
} from './issuer-for-tests.ts';

const key = signingKey('current');
const rsaKey = signingKey('rsa', 'RS256');
const encryptionKey: SigningKey = signingKey('for-encryption');
const attacker = signingKey('current');
const N = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');

let issuer: TestIssuer;
let canary: TestIssuer;
let authenticator: Authenticator;

type Claims = Record<string, unknown>;

const header = (): Claims => ({ alg: 'ES256', kid: 'current', typ: 'at+jwt' });
const claims = (): Claims => ({
  iss: issuer.url,
  sub: 'agent-1',
  aud: AUDIENCE,
  iat: NOW_SECONDS - 60,
  exp: NOW_SECONDS + 840,
  jti: 'one',
});

/** The good token, but for what is named; `undefined` takes a member away. */
const token = (changed: Claims = {}, changedHeader: Claims = {}, signer = key): string =>
  signToken({ ...header(), ...changedHeader }, { ...claims(), ...changed }, signer);

/** The good token with another text in the place of one part of its payload or header. */
const respelled = (from: string | RegExp, to: string): string =>
  signToken(JSON.stringify(header()).replace(from, to), JSON.stringify(claims()).replace(from, to), key);

const withSignature = (make: (input: string, good: Buffer) => Buffer): string => {
  const input = `${encodePart(header())}.${encodePart(claims())}`;
  return `${input}.${make(input, signBytes(input, key)).toString('base64url')}`;
};

const hmac = (secret: string | Buffer): string => {
  const input = `${encodePart({ ...header(), alg: 'HS256' })}.${encodePart(claims())}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
};

before(async () => {
  canary = await startIssuer([attacker]);
  issuer = await startIssuer([key, rsaKey]);
  issuer.keys.push({ ...encryptionKey.jwk, use: 'enc' });
  authenticator = createAuthenticator({
    issuers: [
      {
        kind: 'oidc',
        issuer: issuer.url,
        audience: AUDIENCE,
        algorithms: ['ES256'],
        maxLifetimeSeconds: 3_600,
        groupsClaim: 'groups',
      },
    ],
    now: () => NOW_SECONDS * 1000,
  });
});

after(async () => {
  await issuer.close();
  await canary.close();
});

type Made = string | Promise<string>;

/** Tokens that are good: what a row below changes is all that keeps it from being one of them. */
const GOOD: readonly (readonly [name: string, make: () => Made])[] = [
  ['the control token', () => token()],
  [
    'jose makes the same token',
    () =>
      new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: 'current', typ: 'at+jwt' }).sign(key.privateKey),
  ],
  ['aud is a list of one', () => token({ aud: [AUDIENCE] })],
  ['typ with application/ and other case', () => token({}, { typ: 'application/AT+JWT' })],
  ['no kid, and one key fits', () => token({}, { kid: undefined })],
  ['nbf 30 s ahead', () => token({ nbf: NOW_SECONDS + 30 })],
  ['iat 30 s ahead', () => token({ iat: NOW_SECONDS + 30 })],
  ['one second before exp', () => token({ exp: NOW_SECONDS + 1 })],
  ['as long-lived as allowed', () => token({ iat: NOW_SECONDS, exp: NOW_SECONDS + 3_600 })],
  ['jku and x5u beside a good signature', () => token({}, { jku: `${canary.url}/keys`, x5u: `${canary.url}/chain` })],
];

const REFUSED: readonly (readonly [name: string, reason: RefusalReason, make: () => Made])[] = [
  ...['none', 'None', 'NONE', 'nOnE'].flatMap(
    (alg) =>
      [
        [`alg ${alg}, signature kept`, 'algorithm', () => token({}, { alg })],
        [`alg ${alg}, no signature`, 'malformed', () => token({}, { alg }).replace(/[^.]*$/, '')],
      ] as const,
  ),
  ['alg missing', 'algorithm', () => token({}, { alg: undefined })],
  ['alg in other case', 'algorithm', () => token({}, { alg: 'es256' })],
  ['alg is a list', 'algorithm', () => token({}, { alg: ['ES256'] })],
  [
    'RS to HS: HMAC with the public key as PEM',
    'algorithm',
    () => hmac(createPublicKey(rsaKey.privateKey).export({ type: 'spki', format: 'pem' })),
  ],
  ['RS to HS: HMAC with the published JWK', 'algorithm', () => hmac(JSON.stringify(key.jwk))],
  ['HMAC with nothing', 'algorithm', () => hmac('')],
  ['an algorithm that the issuer is not allowed', 'algorithm', () => token({}, { alg: 'RS256', kid: 'rsa' }, rsaKey)],
  ['RSA signature under an ES256 header', 'signature', () => token({}, {}, rsaKey)],
  ["key of another algorithm's family named by kid", 'unknown-key', () => token({}, { kid: 'rsa' })],
  ['key published for encryption', 'unknown-key', () => token({}, { kid: 'for-encryption' }, encryptionKey)],
  ['ES256 signature of zeros', 'signature', () => withSignature(() => Buffer.alloc(64))],
  ['ES256 r zero', 'signature', () => withSignature((_, good) => Buffer.concat([Buffer.alloc(32), good.subarray(32)]))],
  [
    'ES256 s zero',
    'signature',
    () => withSignature((_, good) => Buffer.concat([good.subarray(0, 32), Buffer.alloc(32)])),
  ],
  ['ES256 r and s minus one', 'signature', () => withSignature(() => Buffer.alloc(64, 0xff))],
  ['ES256 r and s the group order', 'signature', () => withSignature(() => Buffer.concat([N, N]))],
  ['ES256 signature cut short', 'signature', () => withSignature((_, good) => good.subarray(0, 63))],
  [
    'ES256 signature with a byte more',
    'signature',
    () => withSignature((_, good) => Buffer.concat([good, Buffer.alloc(1)])),
  ],
  [
    'ES256 signature with one bit flipped',
    'signature',
    () => withSignature((_, good) => good.map((byte, at) => (at === 40 ? byte ^ 1 : byte)) as Buffer),
  ],
  [
    'ES256 signature halves swapped',
    'signature',
    () => withSignature((_, good) => Buffer.concat([good.subarray(32), good.subarray(0, 32)])),
  ],
  [
    'ES256 signature of the payload alone',
    'signature',
    () => withSignature((input) => signBytes(input.split('.')[1] ?? '', key)),
  ],
  [
    "another token's signature",
    'signature',
    () => token().replace(/[^.]*$/, token({ sub: 'agent-2' }).split('.')[2] ?? ''),
  ],
  [
    'payload changed after signing',
    'signature',
    () => token().replace(/\.[^.]*\./, `.${encodePart({ ...claims(), sub: 'admin' })}.`),
  ],
  ["somebody else's key under our kid", 'signature', () => token({}, {}, attacker)],
  ['kid with a path', 'unknown-key', () => token({}, { kid: '../../../../dev/null' })],
  ['kid with SQL', 'unknown-key', () => token({}, { kid: "x' UNION SELECT 'key' --" })],
  ['kid with a shell command', 'unknown-key', () => token({}, { kid: '/dev/stdin|id' })],
  ['kid empty', 'unknown-key', () => token({}, { kid: '' })],
  ['kid in other case', 'unknown-key', () => token({}, { kid: 'CURRENT' })],
  ['kid is a number', 'malformed', () => token({}, { kid: 7 })],
  ['kid is an inherited name', 'unknown-key', () => token({}, { kid: '__proto__' })],
  ['jku names the attacker', 'signature', () => token({}, { jku: `${canary.url}/keys` }, attacker)],
  ['x5u names the attacker', 'signature', () => token({}, { x5u: `${canary.url}/chain` }, attacker)],
  ['embedded jwk', 'signature', () => token({}, { jwk: attacker.jwk }, attacker)],
  [
    'embedded jwk under its own kid',
    'unknown-key',
    () => token({}, { jwk: { ...attacker.jwk, kid: 'mine' }, kid: 'mine' }, attacker),
  ],
  [
    'embedded x5c',
    'signature',
    () =>
      token(
        {},
        { x5c: [createPublicKey(attacker.privateKey).export({ type: 'spki', format: 'der' }).toString('base64')] },
        attacker,
      ),
  ],
  ['crit names something unknown', 'critical-header', () => token({}, { crit: ['exp'], exp: 1 })],
  ['crit empty', 'critical-header', () => token({}, { crit: [] })],
  ['crit b64: payload not encoded', 'critical-header', () => token({}, { crit: ['b64'], b64: false })],
  ['b64 without crit', 'critical-header', () => token({}, { b64: false })],
  ['typ missing', 'type', () => token({}, { typ: undefined })],
  ['typ JWT: an ID token as access token', 'type', () => token({}, { typ: 'JWT' })],
  ['typ of an ID-JAG', 'type', () => token({}, { typ: 'oauth-id-jag+jwt' })],
  ['typ of a DPoP proof', 'type', () => token({}, { typ: 'dpop+jwt' })],
  ['typ of a security event', 'type', () => token({}, { typ: 'secevent+jwt' })],
  ['typ of a workload identity token', 'type', () => token({}, { typ: 'wit+jwt' })],
  ['typ is a list', 'type', () => token({}, { typ: ['at+jwt'] })],
  ['aud missing', 'audience', () => token({ aud: undefined })],
  ['aud empty', 'audience', () => token({ aud: '' })],
  ['aud an empty list', 'audience', () => token({ aud: [] })],
  ['aud a list with ours among others', 'audience', () => token({ aud: [AUDIENCE, 'https://other.example'] })],
  ['aud a list with ours twice', 'audience', () => token({ aud: [AUDIENCE, AUDIENCE] })],
  ['aud a list within a list', 'audience', () => token({ aud: [[AUDIENCE]] })],
  ['aud a prefix of ours', 'audience', () => token({ aud: AUDIENCE.slice(0, -1) })],
  ['aud ours and more', 'audience', () => token({ aud: `${AUDIENCE}.evil.example` })],
  ['aud in other case', 'audience', () => token({ aud: AUDIENCE.toUpperCase() })],
  ['aud with a trailing slash', 'audience', () => token({ aud: `${AUDIENCE}/` })],
  ["aud the API server's", 'audience', () => token({ aud: 'https://kubernetes.default.svc.cluster.local' })],
  ['aud an object', 'audience', () => token({ aud: { 0: AUDIENCE, length: 1 } })],
  ['exp missing', 'claims', () => token({ exp: undefined })],
  ['exp null', 'claims', () => token({ exp: null })],
  ['exp a string', 'claims', () => token({ exp: String(NOW_SECONDS + 840) })],
  ['exp a float', 'claims', () => token({ exp: NOW_SECONDS + 840.5 })],
  ['exp infinite', 'claims', () => respelled(/"exp":\d+/, '"exp":1e400')],
  ['exp beyond what a double counts', 'claims', () => respelled(/"exp":\d+/, '"exp":9007199254740993')],
  ['exp in milliseconds', 'claims', () => token({ exp: (NOW_SECONDS + 840) * 1000 })],
  ['exp negative', 'claims', () => token({ exp: -1 })],
  ['exp zero', 'claims', () => token({ exp: 0 })],
  ['exp passed', 'token-expired', () => token({ exp: NOW_SECONDS - 1 })],
  ['exp this very instant', 'token-expired', () => token({ exp: NOW_SECONDS })],
  ['lives longer than allowed', 'lifetime', () => token({ iat: NOW_SECONDS, exp: NOW_SECONDS + 3_601 })],
  ['lives for ever', 'lifetime', () => token({ exp: 253_402_300_799 })],
  ['expires before it was issued', 'lifetime', () => token({ iat: NOW_SECONDS + 20, exp: NOW_SECONDS + 10 })],
  ['iat missing', 'claims', () => token({ iat: undefined })],
  ['iat a string', 'claims', () => token({ iat: String(NOW_SECONDS) })],
  ['iat in the future', 'not-yet-valid', () => token({ iat: NOW_SECONDS + 31 })],
  ['nbf in the future', 'not-yet-valid', () => token({ nbf: NOW_SECONDS + 31 })],
  ['nbf a string', 'claims', () => token({ nbf: '0' })],
  ['nbf null', 'claims', () => token({ nbf: null })],
  ['iss missing', 'issuer', () => token({ iss: undefined })],
  ['iss with a suffix', 'issuer', () => token({ iss: `${issuer.url}.evil.example` })],
  ['iss with a trailing slash', 'issuer', () => token({ iss: `${issuer.url}/` })],
  ['iss in other case', 'issuer', () => token({ iss: issuer.url.toUpperCase() })],
  ['iss a list', 'issuer', () => token({ iss: [issuer.url] })],
  ['iss of an issuer that nobody configured', 'issuer', () => token({ iss: canary.url }, {}, attacker)],
  ['iss an inherited name', 'issuer', () => token({ iss: 'constructor' })],
  ['sub missing', 'claims', () => token({ sub: undefined })],
  ['sub empty', 'claims', () => token({ sub: '' })],
  ['sub a number', 'claims', () => token({ sub: 1 })],
  ['sub with a newline', 'claims', () => token({ sub: 'agent-1\nImpersonate-Group: system:masters' })],
  ['sub with an invisible character', 'claims', () => token({ sub: 'agent\u200b-1' })],
  ['sub with half a surrogate pair', 'claims', () => respelled('agent-1', '\\ud800')],
  ['sub too long', 'claims', () => token({ sub: 'a'.repeat(513) })],
  ['sid a number', 'claims', () => token({ sid: 1 })],
  ['jti an object', 'claims', () => token({ jti: {} })],
  ['exp twice', 'malformed', () => respelled('{"iss"', `{"exp":${NOW_SECONDS + 840},"iss"`)],
  ['sub twice', 'malformed', () => respelled('{"iss"', '{"sub":"admin","iss"')],
  ['sub twice, once spelled with an escape', 'malformed', () => respelled('{"iss"', '{"s\\u0075b":"admin","iss"')],
  ['alg twice in the header', 'malformed', () => respelled('{"alg"', '{"alg":"none","alg"')],
  ['a member twice deep inside', 'malformed', () => respelled('{"iss"', '{"a":[{"b":1,"c":{},"b":2}],"iss"')],
  ['nested too deep', 'malformed', () => respelled('{"iss"', `{"a":${'['.repeat(10)}${']'.repeat(10)},"iss"`)],
  ['nested JWT: cty', 'malformed', () => token({}, { cty: 'JWT' })],
  ['nested JWT: the payload is a token', 'malformed', () => signToken(header(), token(), key)],
  ['payload a JSON string', 'malformed', () => signToken(header(), '"x"', key)],
  ['payload a JSON list', 'malformed', () => signToken(header(), '[]', key)],
  ['payload with a byte order mark', 'malformed', () => signToken(header(), `\ufeff${JSON.stringify(claims())}`, key)],
  [
    'payload not UTF-8',
    'malformed',
    () => {
      const text = Buffer.from(JSON.stringify({ ...claims(), name: '~' })).map((byte) => (byte === 0x7e ? 0xff : byte));
      const input = `${encodePart(header())}.${Buffer.from(text).toString('base64url')}`;
      return `${input}.${signBytes(input, key).toString('base64url')}`;
    },
  ],
  [
    'payload JSON with a comment',
    'malformed',
    () => signToken(header(), JSON.stringify(claims()).replace('{', '{/**/'), key),
  ],
  [
    'JSON serialization',
    'malformed',
    () => {
      const [p, d, s] = token().split('.');
      return JSON.stringify({ protected: p, payload: d, signature: s });
    },
  ],
  [
    'an encrypted token',
    'malformed',
    () =>
      new CompactEncrypt(Buffer.from(token()))
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
        .encrypt(createPublicKey(key.privateKey)),
  ],
  ['two parts', 'malformed', () => token().replace(/\.[^.]*$/, '')],
  ['four parts', 'malformed', () => `${token()}.AA`],
  ['base64 padding', 'malformed', () => `${token()}==`],
  [
    'base64 with loose last bits',
    'malformed',
    () => withSignature((_, good) => good).replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1)),
  ],
  ['base64 in the standard alphabet', 'malformed', () => token().replace(/^./, '+')],
  ['a newline inside', 'malformed', () => token().replace('.', '.\n')],
  ['empty', 'malformed', () => ''],
  ['oversized header', 'too-large', () => token({}, { pad: 'x'.repeat(16_384) })],
  ['oversized payload', 'too-large', () => token({ pad: 'x'.repeat(16_384) })],
  ['bound to a DPoP key', 'sender-constrained', () => token({ cnf: { jkt: 'x' } })],
  ['bound to a certificate', 'sender-constrained', () => token({ cnf: { 'x5t#S256': 'x' } })],
  ['groups a string', 'groups', () => token({ groups: 'sre' })],
  ['groups with a number', 'groups', () => token({ groups: ['sre', 1] })],
  ['a group with a comma', 'groups', () => token({ groups: ['sre,system:masters'] })],
  ['a group with a newline', 'groups', () => token({ groups: ['sre\r\nImpersonate-Group: system:masters'] })],
  ['an empty group', 'groups', () => token({ groups: [''] })],
  ['too many groups', 'groups', () => token({ groups: Array.from({ length: 257 }, (_, at) => `g${at}`) })],
  ['groups left out for length', 'groups', () => token({ _claim_names: { groups: 'src1' } })],
  ['act a string', 'delegation', () => token({ act: 'agent-2' })],
  ['act without sub', 'delegation', () => token({ act: {} })],
  ['act with a nested act that is none', 'delegation', () => token({ act: { sub: 'a', act: null } })],
  [
    'act five deep',
    'delegation',
    () => token({ act: { sub: '1', act: { sub: '2', act: { sub: '3', act: { sub: '4', act: { sub: '5' } } } } } }),
  ],
  [
    "act by another issuer's subject",
    'delegation',
    () => token({ act: { iss: 'https://other.example', sub: 'agent-1' } }),
  ],
];

describe('tokens', () => {
  for (const [name, make] of GOOD) {
    test(`good: ${name}`, async () => {
      assert.equal((await authenticator.authenticate(await make())).kind, 'authenticated');
    });
  }
  for (const [name, reason, make] of REFUSED) {
    test(`refused: ${name}`, async () => {
      assert.deepEqual(await authenticator.authenticate(await make()), { kind: 'refused', reason });
    });
  }

  test('a key or key URL in a header was never fetched', () => {
    assert.deepEqual(canary.requests, []);
  });
});

async function factsOf(changed: Claims) {
  const answer = await authenticator.authenticate(token(changed));
  assert.equal(answer.kind, 'authenticated');
  return answer.facts;
}

describe('facts', () => {
  test('are what the token says, with its digest in its place', async () => {
    const emails = ['agent@example.com', 'other@example.com'];
    const named = { email: 'agent@example.com', email_verified: true, emails, azp: 'program' };
    const text = token({ sid: 'session-1', groups: ['sre', 'sre', 'oncall'], ...named });
    assert.deepEqual(await authenticator.authenticate(text), {
      kind: 'authenticated',
      facts: {
        issuer: issuer.url,
        subject: 'agent-1',
        names: ['agent-1', 'agent@example.com', 'other@example.com'],
        email: 'agent@example.com',
        addresses: ['agent@example.com', 'other@example.com'],
        audience: AUDIENCE,
        groups: ['sre', 'oncall'],
        act: [],
        expiresAt: (NOW_SECONDS + 840) * 1000,
        credentialDigest: createHash('sha256').update(text).digest('hex'),
        tokenId: 'one',
        sid: 'session-1',
        workload: undefined,
      },
    } satisfies Authentication);
  });

  test('an address names somebody where the issuer says that it has checked it', async () => {
    const emailOf = async (email_verified: unknown) => (await factsOf({ email: 'a@b.c', email_verified })).email;
    const named = await Promise.all([true, false, 'true', undefined].map(emailOf));
    assert.deepEqual(named, ['a@b.c', undefined, undefined, undefined]);
  });

  test('a claim of system:masters gives nothing', async () => {
    const groups = ['system:masters', 'SYSTEM:masters', ' system:nodes', 'sre'];
    assert.deepEqual((await factsOf({ groups })).groups, ['sre']);
  });

  test('groups are read from the configured claim alone', async () => {
    assert.deepEqual((await factsOf({ roles: ['admin'], 'kubernetes.io': { groups: ['x'] } })).groups, []);
  });

  test('the act chain is kept in order, outermost first', async () => {
    const act = { sub: 'agent-2', act: { sub: 'agent-3', iss: 'https://other.example', may: 'be' } };
    assert.deepEqual((await factsOf({ act })).act, [
      { issuer: issuer.url, subject: 'agent-2' },
      { issuer: 'https://other.example', subject: 'agent-3' },
    ]);
  });
});
