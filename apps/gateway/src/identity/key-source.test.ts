// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Authenticator, createAuthenticator } from './authenticator.ts';
import {
  AUDIENCE,
  NOW_SECONDS,
  type SigningKey,
  signingKey,
  signToken,
  startIssuer,
  type TestIssuer,
} from './issuer-for-tests.ts';
import { KEY_LIMITS } from './key-source.ts';

const first = signingKey('first');
const second = signingKey('second');
const DISCOVERY = '/.well-known/openid-configuration';

let issuer: TestIssuer;
let nowMs: number;

/** Longer than any real answer takes on a busy machine: only what never comes may run into it. */
const PATIENT_MS = 60_000;

function authenticatorOf(target: TestIssuer, name = target.url, timeoutMs = PATIENT_MS): Authenticator {
  return createAuthenticator({
    issuers: [
      { kind: 'oidc', issuer: name, audience: AUDIENCE, algorithms: ['ES256', 'RS256'], maxLifetimeSeconds: 86_400 },
    ],
    now: () => nowMs,
    limits: { timeoutMs },
  });
}

/** A new token each time, good for a day, so that keys alone decide. */
let serial = 0;
function token(key: SigningKey, header: Record<string, unknown> = {}, iss = issuer.url): string {
  const claims = {
    iss,
    sub: 'agent-1',
    aud: AUDIENCE,
    iat: NOW_SECONDS,
    exp: NOW_SECONDS + 86_400,
    jti: `${serial++}`,
  };
  return signToken({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header }, claims, key);
}

async function outcome(authenticator: Authenticator, text: string): Promise<string> {
  const answer = await authenticator.authenticate(text);
  return answer.kind === 'refused' ? answer.reason : answer.kind;
}

before(async () => {
  issuer = await startIssuer([]);
});
beforeEach(() => {
  nowMs = NOW_SECONDS * 1000;
  issuer.keys = [first.jwk];
  issuer.discovery = { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` };
  issuer.answers.clear();
  issuer.requests.length = 0;
});
after(() => issuer.close());

const down: Parameters<TestIssuer['answers']['set']>[1] = (_, response) => response.writeHead(503).end();

describe('keys over time', () => {
  test('are loaded once for many tokens at once', async () => {
    const authenticator = authenticatorOf(issuer);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => outcome(authenticator, token(first))));
    assert.deepEqual(new Set(outcomes), new Set(['authenticated']));
    assert.deepEqual(issuer.requests, [DISCOVERY, '/keys']);
  });

  test('a new key is found at its first token, once the cooldown is over', async () => {
    const authenticator = authenticatorOf(issuer);
    assert.equal(await outcome(authenticator, token(first)), 'authenticated');
    issuer.keys = [first.jwk, second.jwk];
    assert.equal(await outcome(authenticator, token(second)), 'unknown-key');
    nowMs += KEY_LIMITS.cooldownMs;
    assert.equal(await outcome(authenticator, token(second)), 'authenticated');
  });

  test('stale key set after rotation: a withdrawn key stops at the next refresh', async () => {
    const authenticator = authenticatorOf(issuer);
    assert.equal(await outcome(authenticator, token(first)), 'authenticated');
    issuer.keys = [second.jwk];
    nowMs += KEY_LIMITS.refreshAfterMs;
    assert.equal(await outcome(authenticator, token(first)), 'unknown-key');
    assert.equal(await outcome(authenticator, token(second)), 'authenticated');
  });

  test('a storm of made-up key ids makes a bounded number of requests, and does not shut out good tokens', async () => {
    const authenticator = authenticatorOf(issuer);
    assert.equal(await outcome(authenticator, token(first)), 'authenticated');
    const seconds = 240;
    for (let second = 0; second < seconds; second++) {
      nowMs += 1_000;
      const outcomes = await Promise.all(
        Array.from({ length: 5 }, (_, at) => outcome(authenticator, token(first, { kid: `made-up-${second}-${at}` }))),
      );
      for (const one of outcomes) assert.match(one, /^(unknown-key|unavailable)$/);
      assert.equal(await outcome(authenticator, token(first)), 'authenticated');
    }
    const loads = issuer.requests.filter((path) => path === '/keys').length;
    const allowed = 1 + KEY_LIMITS.unknownKeyLoads + (seconds * 1000) / KEY_LIMITS.unknownKeyRefillMs;
    assert.ok(loads > 2 && loads <= allowed, `${loads} loads, at most ${allowed} expected`);
  });

  test('with the issuer down and no keys, nothing can be evaluated', async () => {
    issuer.answers.set('/keys', down);
    const authenticator = authenticatorOf(issuer);
    const answer = await authenticator.authenticate(token(first));
    assert.equal(answer.kind, 'unavailable');
    assert.equal(answer.issuer, issuer.url);
    assert.match(answer.problem, /status 503/);
  });

  test('with the issuer down, keys serve until they are too old', async () => {
    const authenticator = authenticatorOf(issuer);
    assert.equal(await outcome(authenticator, token(first)), 'authenticated');
    issuer.answers.set(DISCOVERY, down);
    nowMs += KEY_LIMITS.maxAgeMs - 1;
    assert.equal(await outcome(authenticator, token(first)), 'authenticated');
    assert.equal(await outcome(authenticator, token(second)), 'unavailable');
    nowMs += 1;
    assert.equal(await outcome(authenticator, token(first)), 'unavailable');
    issuer.answers.clear();
    nowMs += KEY_LIMITS.cooldownMs;
    assert.equal(await outcome(authenticator, token(first)), 'authenticated');
  });

  test('an issuer that is down is asked again only after the cooldown', async () => {
    issuer.answers.set(DISCOVERY, down);
    const authenticator = authenticatorOf(issuer);
    for (let at = 0; at < 20; at++) assert.equal(await outcome(authenticator, token(first)), 'unavailable');
    assert.equal(issuer.requests.length, 1);
  });

  test('a clock that was set back makes keys too old to trust', async () => {
    const authenticator = authenticatorOf(issuer);
    nowMs += 10_000;
    assert.equal(await outcome(authenticator, token(first)), 'authenticated');
    nowMs -= 10_000;
    issuer.answers.set('/keys', down);
    assert.equal(await outcome(authenticator, token(first)), 'unavailable');
  });
});

describe('a token that was verified', () => {
  test('serves for a minute from memory, and no longer', async () => {
    const authenticator = authenticatorOf(issuer);
    const text = token(first);
    assert.equal(await outcome(authenticator, text), 'authenticated');
    issuer.keys = [second.jwk];
    nowMs += 59_999;
    assert.equal(await outcome(authenticator, text), 'authenticated');
    nowMs += KEY_LIMITS.refreshAfterMs;
    assert.equal(await outcome(authenticator, text), 'unknown-key');
  });

  test('expires at its exp, also from memory', async () => {
    const authenticator = authenticatorOf(issuer);
    const claims = { iss: issuer.url, sub: 'a', aud: AUDIENCE, iat: NOW_SECONDS, exp: NOW_SECONDS + 10 };
    const text = signToken({ alg: 'ES256', kid: 'first', typ: 'at+jwt' }, claims, first);
    assert.equal(await outcome(authenticator, text), 'authenticated');
    nowMs += 9_999;
    assert.equal(await outcome(authenticator, text), 'authenticated');
    nowMs += 1;
    assert.equal(await outcome(authenticator, text), 'token-expired');
  });
});

describe('key sets', () => {
  const privateJwk = (kid: string) => ({
    ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
    kid,
  });
  const rows: readonly (readonly [
    name: string,
    expected: string,
    keys: () => Record<string, unknown>[],
    make: () => string,
  ])[] = [
    ['control', 'authenticated', () => [first.jwk], () => token(first)],
    ['one kid twice', 'ambiguous-key', () => [first.jwk, { ...second.jwk, kid: 'first' }], () => token(first)],
    ['no kid and several keys', 'ambiguous-key', () => [first.jwk, second.jwk], () => token(first, { kid: undefined })],
    ['use enc', 'unknown-key', () => [{ ...first.jwk, use: 'enc' }], () => token(first)],
    ['key_ops without verify', 'unknown-key', () => [{ ...first.jwk, key_ops: ['sign'] }], () => token(first)],
    ['alg of the key is another', 'unknown-key', () => [{ ...first.jwk, alg: 'ES384' }], () => token(first)],
    ['another curve', 'unknown-key', () => [{ ...first.jwk, crv: 'P-384' }], () => token(first)],
    ['another key type', 'unknown-key', () => [{ ...first.jwk, kty: 'OKP' }], () => token(first)],
    ['a symmetric key', 'unknown-key', () => [{ kty: 'oct', kid: 'first', k: 'AAAA' }], () => token(first)],
    ['a private key', 'unavailable', () => [privateJwk('first')], () => token(first)],
    ['a point that is not on the curve', 'unavailable', () => [{ ...first.jwk, x: second.jwk.x }], () => token(first)],
    ['no key at all', 'unavailable', () => [], () => token(first)],
    [
      'too many keys',
      'unavailable',
      () => Array(101).fill(second.jwk) as Record<string, unknown>[],
      () => token(first),
    ],
    ['keys that are no objects', 'unavailable', () => ['x'] as never, () => token(first)],
  ];
  for (const [name, expected, keys, make] of rows) {
    test(`${name}: ${expected}`, async () => {
      issuer.keys = keys();
      assert.equal(await outcome(authenticatorOf(issuer), make()), expected);
    });
  }

  test('an RSA key of 1024 bits verifies nothing', async () => {
    const weak = signingKey('weak', 'RS256', 1_024);
    const strong = signingKey('strong', 'RS256');
    issuer.keys = [weak.jwk, strong.jwk];
    assert.equal(await outcome(authenticatorOf(issuer), token(strong)), 'authenticated');
    assert.equal(await outcome(authenticatorOf(issuer), token(weak)), 'signature');
  });
});

describe('discovery', () => {
  const keysAnswer = (pad = '') => JSON.stringify({ keys: issuer.keys, pad });
  const rows: readonly (readonly [name: string, arrange: () => void, timeoutMs?: number])[] = [
    [
      'names another issuer',
      () => {
        issuer.discovery.issuer = 'https://other.example';
      },
    ],
    [
      'names the issuer with a slash more',
      () => {
        issuer.discovery.issuer = `${issuer.url}/`;
      },
    ],
    [
      'has no jwks_uri',
      () => {
        delete issuer.discovery.jwks_uri;
      },
    ],
    [
      'jwks_uri is plain http elsewhere',
      () => {
        issuer.discovery.jwks_uri = issuer.url.replace('127.0.0.1', '0.0.0.0').concat('/keys');
      },
    ],
    [
      'jwks_uri is a file',
      () => {
        issuer.discovery.jwks_uri = 'file:///etc/passwd';
      },
    ],
    [
      'jwks_uri carries a password',
      () => {
        issuer.discovery.jwks_uri = `${issuer.url.replace('//', '//user:word@')}/keys`;
      },
    ],
    [
      'redirects',
      () => {
        issuer.answers.set(DISCOVERY, (_, response) => response.writeHead(302, { location: '/elsewhere' }).end());
      },
    ],
    [
      'keys redirect',
      () => {
        issuer.answers.set('/keys', (_, response) => response.writeHead(307, { location: '/elsewhere' }).end());
      },
    ],
    [
      'is no JSON',
      () => {
        issuer.answers.set(DISCOVERY, (_, response) => response.end('<html>'));
      },
    ],
    [
      'has jwks_uri twice',
      () => {
        issuer.answers.set(DISCOVERY, (_, response) =>
          response.end(`{"jwks_uri":"https://a.example","issuer":"${issuer.url}","jwks_uri":"${issuer.url}/keys"}`),
        );
      },
    ],
    [
      'is encoded',
      () => {
        issuer.answers.set('/keys', (_, response) => response.setHeader('content-encoding', 'br').end(keysAnswer()));
      },
    ],
    [
      'is longer than the limit',
      () => {
        issuer.answers.set('/keys', (_, response) => response.end(keysAnswer('x'.repeat(300_000))));
      },
    ],
    [
      'never answers',
      () => {
        issuer.answers.set('/keys', () => undefined);
      },
      200,
    ],
    [
      'never ends',
      () => {
        issuer.answers.set('/keys', (_, response) => {
          response.write('{"keys":[');
        });
      },
      200,
    ],
    [
      'hangs up',
      () => {
        issuer.answers.set('/keys', (request) => request.socket.destroy());
      },
    ],
  ];
  test('control', async () => {
    assert.equal(await outcome(authenticatorOf(issuer), token(first)), 'authenticated');
  });
  for (const [name, arrange, timeoutMs] of rows) {
    test(`could not evaluate: ${name}`, async () => {
      arrange();
      assert.equal(await outcome(authenticatorOf(issuer, issuer.url, timeoutMs), token(first)), 'unavailable');
      assert.ok(!issuer.requests.includes('/elsewhere'));
    });
  }

  test('an issuer with a trailing slash is another issuer than without', async () => {
    const name = `${issuer.url}/`;
    issuer.discovery.issuer = name;
    assert.equal(await outcome(authenticatorOf(issuer, name), token(first, {}, name)), 'authenticated');
    assert.equal(await outcome(authenticatorOf(issuer, name), token(first)), 'issuer');
  });
});
