// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TextScanner } from './text-scanner.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const GITHUB = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

/** A text and what must be masked in it. */
const FOUND: readonly (readonly [text: string, ...values: string[]])[] = [
  [`cloning with ${GITHUB} now`, GITHUB],
  ['postgres://app:hunter2@db:5432/x', 'hunter2'],
  ['postgres://app:p/ss@db:5432/x', 'p/ss'],
  ['app:hunter2@tcp(db:3306)/shop', 'hunter2'],
  ['password=hunter2, user=bob', 'hunter2'],
  ['postgres://app:$Zk9vQ2x7@db:5432/x', '$Zk9vQ2x7'],
  ['postgres://app:$(A)Zk9vQ2x7@db/x', '$(A)Zk9vQ2x7'],
  ['https://Zk9vQ2x7Lw3pT8sNZk9v:x-oauth-basic@git/x', 'Zk9vQ2x7Lw3pT8sNZk9v:x-oauth-basic'],
  ['https://Zk9vQ2x7Lw3pT8sNZk9v:@git/x', 'Zk9vQ2x7Lw3pT8sNZk9v:'],
  ['GITHUB_PAT=Zk9vQ2x7 RABBITMQ_ERLANG_COOKIE=tulip', 'Zk9vQ2x7', 'tulip'],
  ['{"level":"info","password":"hunt\\"er2","user":"x"}', 'hunt\\"er2'],
  ['{"msg":"{\\"password\\":\\"hun\\\\\\"ter2\\"}"}', 'hun\\\\\\"ter2'],
  ['Authorization: Bearer abcdef12345', 'abcdef12345'],
  ['map[Authorization:[Bearer abc123def] Cookie:[a=b]]', 'abc123def', 'a=b'],
  ['{"Cookie":["a=b", "c=d; e"],"Set-Cookie":["sid=1"]}', 'a=b', 'c=d; e', 'sid=1'],
  ['{\\"Authorization\\":[\\"Bearer abc1\\",\\"Basic xyz2\\"]}', 'abc1', 'xyz2'],
  ['--token abcdef.0123456789abcdef', 'abcdef.0123456789abcdef'],
  ['join with abcdef.0123456789abcdef', 'abcdef.0123456789abcdef'],
  ['"name":"API_TOKEN","value":"xyz zy"', 'xyz zy'],
  [
    'AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'AKIAIOSFODNN7EXAMPLE',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  ],
  ['x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefg y', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefg'],
  ['\u001b[31mghp_0123\u001b[0m456789abcdefghijABCDEFGHIJ012345', 'ghp_0123\u001b[0m456789abcdefghijABCDEFGHIJ012345'],
  ['url=postgres%3A%2F%2Fapp%3Ahunter2%40db', 'hunter2'],
  [
    'a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----',
  ],
  ['<password>hun ter</password>', 'hun ter'],
  ['{"auths":{"r":{"auth":"dXNlcjpwYXNz"}}}', 'dXNlcjpwYXNz'],
  [`x ${base64('{"password":"hunter2"}')} y`, base64('{"password":"hunter2"}')],
  ['REDIS_AUTH=foobared AUTH=PLAIN', 'foobared'],
  ['redis_auth: Foob4red', 'Foob4red'],
  ['serve --auth Foob4red --auth=barfoo', 'Foob4red', 'barfoo'],
  ['exec redis-cli -h redis.demo -a foobared ping', 'foobared'],
  ["/usr/bin/valkey-cli -a 'two words' --pass 0ther", 'two words', '0ther'],
  [base64(base64(`token ${GITHUB}`)), base64(base64(`token ${GITHUB}`))],
];

const CLEAN: readonly string[] = [
  'https://host:8080/path/@scope',
  'failed to get secret: secrets "x" is forbidden',
  'invalid token: expired',
  'max_tokens=1234 total_tokens: 77',
  'PUBLIC_KEY=abc ACCESS_KEY_ID=abc secretName: foo tokenPath=/x',
  'password: $DB_PASSWORD and api_key: $(API_KEY) key: value',
  base64('-----BEGIN CERTIFICATE-----\nMIIDabcdefghijk\n-----END CERTIFICATE-----'),
  'image: nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  '6b0c9f0e-5d7c-4a53-9d4f-000000000000 deployment-7d9f8c6b5-abcde',
  'postgres://app:$DB_PASSWORD@db https://$user:$password@h https://a:$(PW)@h',
  'JWT_ISSUER=x jwt: y COOKIE_NAME=z pat=w',
  'AUTH=PLAIN X_AUTH=oauth2 auth: basic oauth=Foob4red USE_AUTH=yes2',
  'ls -a Foob4red; redis-cli ping | grep -a Foob4red',
  'password=masked-v1-password-abcdefghijklmnopqrstuvwxyz',
];

describe('TextScanner', () => {
  it('finds credentials in their many forms', () => {
    const scanner = new TextScanner();
    for (const [text, ...values] of FOUND) {
      const bytes = Buffer.from(text);
      const found = scanner.scanText(bytes).map(({ start, end }) => bytes.subarray(start, end).toString());
      assert.deepEqual(found, values, text);
    }
  });

  it('reads nothing behind the end of a text', () => {
    const scanner = new TextScanner();
    const texts = FOUND.map(([text]) => text).concat(
      'abcdef.0123456789abcdef.x',
      'password=ab,cd=',
      'password={{',
      'Cookie: a=b\\n',
    );
    for (const options of [{}, { isCut: true }, { isLive: true }]) {
      for (const text of texts) {
        const bytes = Buffer.from(text);
        for (let to = 0; to < bytes.length; to++) {
          const hits = scanner.scanText(bytes, 0, to, options);
          assert.deepEqual(hits, scanner.scanText(Uint8Array.from(bytes.subarray(0, to)), 0, to, options), text);
        }
      }
    }
  });

  it('leaves what only looks like one, and gives the same empty array for it', () => {
    const scanner = new TextScanner();
    const nothing = scanner.scanText(Buffer.from(''));
    for (const text of CLEAN) assert.equal(scanner.scanText(Buffer.from(text)), nothing, text);
  });
});
