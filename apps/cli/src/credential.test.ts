// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type DevelopmentIdp, startDevelopmentIdp } from '@countersign/gateway';
import { Command } from 'commander';
import { decodeJwt, SignJWT } from 'jose';
import { registerCredential } from './credential.ts';

const EXEC_INFO =
  '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}';

let dir: string;
let idp: DevelopmentIdp;
let secretFile: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-credential-'));
  const clients = [{ id: 'reporter', groups: ['readers'] }];
  idp = await startDevelopmentIdp({ dir: join(dir, 'idp'), audience: 'ours', clients, port: 0, log: () => undefined });
  secretFile = idp.credentials.get('reporter')?.secretFile ?? '';
});
after(async () => {
  await idp.close();
  await rm(dir, { recursive: true });
});

/** Where nobody listens any more. */
async function closedServer(): Promise<string> {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

async function run(args: readonly string[], execInfo: string | undefined = EXEC_INFO): Promise<Outcome> {
  const previous = process.exitCode;
  process.exitCode = 0;
  const written = { stdout: '', stderr: '' };
  if (execInfo === undefined) delete process.env.KUBERNETES_EXEC_INFO;
  else process.env.KUBERNETES_EXEC_INFO = execInfo;
  const program = new Command().configureOutput({
    writeOut: (text) => {
      written.stdout += text;
    },
    writeErr: (text) => {
      written.stderr += text;
    },
  });
  registerCredential(program);
  try {
    await program.parseAsync(['credential', ...args], { from: 'user' });
  } finally {
    delete process.env.KUBERNETES_EXEC_INFO;
  }
  const exitCode = Number(process.exitCode ?? 0);
  process.exitCode = previous;
  return { ...written, exitCode };
}

async function file(name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, text);
  return path;
}

async function tokenFile(name: string, secondsLeft: number): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + secondsLeft;
  const token = await new SignJWT({ exp }).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32));
  return file(name, `${token}\n`);
}

interface ExecCredential {
  readonly apiVersion: string;
  readonly kind: string;
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

function credentialOf({ stdout, stderr, exitCode }: Outcome): ExecCredential {
  assert.deepEqual([stderr, exitCode], ['', 0]);
  return JSON.parse(stdout) as ExecCredential;
}

const secretClient = (): string[] => [
  '--issuer',
  idp.issuer,
  '--client-id',
  'reporter',
  '--client-secret-file',
  secretFile,
];

describe('credential', () => {
  test("client secret: an ExecCredential whose expiry lies 30 s before the token's", async () => {
    const { apiVersion, kind, status } = credentialOf(await run(secretClient()));
    assert.deepEqual([apiVersion, kind], ['client.authentication.k8s.io/v1', 'ExecCredential']);
    const claims = decodeJwt(status.token);
    assert.deepEqual([claims.sub, claims.aud], ['reporter', 'ours']);
    assert.match(status.expirationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(Date.parse(status.expirationTimestamp), ((claims.exp ?? 0) - 30) * 1000);
  });

  test('each call gets a token of its own', async () => {
    const first = credentialOf(await run(secretClient()));
    const second = credentialOf(await run(secretClient(), undefined));
    assert.notEqual(first.status.token, second.status.token);
  });

  const keys: readonly (readonly [name: string, make: () => KeyObject])[] = [
    ['EC P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
    [
      'Ed25519',
      () => createPrivateKey(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })),
    ],
  ];
  for (const [name, make] of keys) {
    test(`client key, ${name}: as PEM and as JWK`, async () => {
      const key = make();
      const id = name.toLowerCase().replace(/\W/g, '');
      const { d, p, q, dp, dq, qi, ...publicKey } = key.export({ format: 'jwk' });
      idp.addKeyClient({ id, groups: [], publicKey: { ...publicKey, kid: 'k1' } as never });
      const pem = await file(`${id}.pem`, String(key.export({ type: 'pkcs8', format: 'pem' })));
      const jwk = await file(`${id}.json`, JSON.stringify({ ...key.export({ format: 'jwk' }), kid: 'k1' }));
      for (const more of [
        ['--client-key-file', pem],
        ['--client-key-file', pem, '--key-id', 'k1'],
        ['--client-key-file', jwk],
      ]) {
        const { status } = credentialOf(await run(['--issuer', idp.issuer, '--client-id', id, ...more]));
        assert.equal(decodeJwt(status.token).sub, id);
      }
    });
  }

  test('token file: read anew each time', async () => {
    const path = await tokenFile('renewed', 600);
    const first = credentialOf(await run(['--token-file', path]));
    await tokenFile('renewed', 1_200);
    const second = credentialOf(await run(['--token-file', path]));
    assert.ok(Date.parse(second.status.expirationTimestamp) > Date.parse(first.status.expirationTimestamp));
  });

  test('a token about to end still ends in the future for the client', async () => {
    const { status } = credentialOf(await run(['--token-file', await tokenFile('short', 20)]));
    assert.ok(Date.parse(status.expirationTimestamp) > Date.now());
  });
});

describe('what goes wrong says what to do', () => {
  type Row = readonly [name: string, exitCode: number, stderr: RegExp, args: () => Promise<string[]>];
  const rows: readonly Row[] = [
    ['no source', 3, /name one source/, async () => []],
    ['two sources', 3, /name one source/, async () => [...secretClient(), '--token-file', 'x']],
    ['no client id', 3, /name one source/, async () => ['--issuer', idp.issuer, '--client-secret-file', secretFile]],
    ['no such token file', 2, /token file .*nowhere is not there/, async () => ['--token-file', join(dir, 'nowhere')]],
    ['a directory', 2, /can't be read/, async () => ['--token-file', dir]],
    ['an empty file', 2, /is empty/, async () => ['--token-file', await file('empty', '\n')]],
    ['a huge file', 2, /longer than/, async () => ['--token-file', await file('huge', 'x'.repeat(70_000))]],
    ['a token that is no JWT', 1, /gave no JWT/, async () => ['--token-file', await file('opaque', 'hidden')]],
    ['a token that has expired', 1, /expired at .*renew it/, async () => ['--token-file', await tokenFile('old', -1)]],
    [
      'no such secret',
      2,
      /client secret .* is not there/,
      async () => [...secretClient().slice(0, -1), join(dir, 'nowhere')],
    ],
    [
      'a wrong secret',
      1,
      /401, invalid_client\): check that .*wrong belongs/,
      async () => [...secretClient().slice(0, -1), await file('wrong', 'hidden')],
    ],
    [
      'a key that is none',
      2,
      /no private key/,
      async () => [...secretClient().slice(0, 4), '--client-key-file', await file('bad.pem', 'hidden')],
    ],
    [
      'a resource that is not served',
      1,
      /400, invalid_target/,
      async () => [...secretClient(), '--resource', 'https://other.example'],
    ],
    [
      'an issuer with a slash too many',
      1,
      /check --issuer/,
      async () => ['--issuer', `${idp.issuer}/`, ...secretClient().slice(2)],
    ],
    [
      'an issuer that is not there',
      1,
      /can't be reached: .*ECONNREFUSED/,
      async () => ['--issuer', await closedServer(), ...secretClient().slice(2)],
    ],
    [
      'an issuer on plain http elsewhere',
      3,
      /must be an https URL/,
      async () => ['--issuer', 'http://idp.example', ...secretClient().slice(2)],
    ],
  ];
  for (const [name, exitCode, stderr, args] of rows) {
    test(name, async () => {
      const outcome = await run(await args());
      assert.deepEqual([outcome.stdout, outcome.exitCode], ['', exitCode]);
      assert.match(outcome.stderr, stderr);
      assert.match(outcome.stderr, /^countersign: [^\n]+\n$/);
      const secret = (await readFile(secretFile, 'utf8')).trim();
      assert.ok(!outcome.stderr.includes(secret) && !outcome.stderr.includes('hidden'));
    });
  }

  test('another version of ExecCredential, or none that can be read', async () => {
    const old = await run(secretClient(), EXEC_INFO.replace('/v1"', '/v1beta1"'));
    assert.deepEqual([old.stdout, old.exitCode], ['', 3]);
    assert.match(old.stderr, /client\.authentication\.k8s\.io\/v1/);
    assert.equal((await run(secretClient(), 'x')).exitCode, 3);
  });

  test('a provider that redirects, answers no JSON or sends its secrets elsewhere gets nothing', async (t) => {
    let secretsSeen = 0;
    const answers: Record<string, (response: http.ServerResponse, url: string) => void> = {
      redirects: (response) => response.writeHead(302, { location: idp.issuer }).end(),
      text: (response) => response.end('<html>hidden</html>'),
      large: (response) => response.end(`"${'x'.repeat(300_000)}"`),
      elsewhere: (response, issuer) =>
        response.end(JSON.stringify({ issuer, token_endpoint: 'http://idp.example/token' })),
      opaque: (response, issuer) => response.end(JSON.stringify({ issuer, token_endpoint: `${issuer}/token` })),
      'opaque/token': (response) => response.end(JSON.stringify({ access_token: 'hidden', token_type: 'Bearer' })),
      dpop: (response, issuer) => response.end(JSON.stringify({ issuer, token_endpoint: `${issuer}/token` })),
      'dpop/token': (response) => response.end(JSON.stringify({ access_token: 'hidden', token_type: 'DPoP' })),
    };
    const server = http.createServer((request, response) => {
      if (request.headers.authorization !== undefined) secretsSeen++;
      const path = (request.url ?? '').slice(1).replace('/.well-known/openid-configuration', '');
      answers[path]?.(response, `${base}/${path}`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const problems = {
      redirects: /can't be reached/,
      text: /without JSON/,
      large: /more than/,
      elsewhere: /must be an https URL/,
    };
    for (const [path, problem] of Object.entries(problems)) {
      const outcome = await run(['--issuer', `${base}/${path}`, ...secretClient().slice(2)]);
      assert.deepEqual([outcome.stdout, outcome.exitCode], ['', 1], path);
      assert.match(outcome.stderr, problem);
      assert.ok(!outcome.stderr.includes('hidden'));
    }
    assert.equal(secretsSeen, 0);
    for (const [path, problem] of [
      ['opaque', /gave no JWT/],
      ['dpop', /no bearer token/],
    ] as const) {
      const outcome = await run(['--issuer', `${base}/${path}`, ...secretClient().slice(2)]);
      assert.equal(outcome.exitCode, 1);
      assert.match(outcome.stderr, problem);
      assert.ok(!outcome.stderr.includes('hidden'));
    }
    assert.equal(secretsSeen, 2);
  });
});
