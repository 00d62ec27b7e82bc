// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { joinBytes } from '../json/bytes.ts';
import { createTextMasker, type TextSource } from './text-masker.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const GITHUB = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQifQ.c2lnbmF0dXJlLW9mLWl0';
const KEY_LINES = Array.from({ length: 6 }, (_, i) =>
  `${i}MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj`.slice(0, 64),
);
const PEM = ['-----BEGIN PRIVATE KEY-----', ...KEY_LINES, 'Zq7xK2vR9w==', '-----END PRIVATE KEY-----'];
const STAMP = '2026-11-24T04:57:12.280082123Z ';

const SOURCE = { cluster: 'lab', resource: 'pods/log', namespace: 'shop', name: 'web', part: 'app' };

function masker(source: TextSource = SOURCE, nonce = 0) {
  const hmac = (message: Uint8Array) => createHmac('sha256', 'k').update(message).digest();
  return createTextMasker({ hmac, inflate: () => undefined, source, cutNonce: new Uint8Array(16).fill(nonce) });
}

function masked(text: string | Uint8Array, cuts: readonly number[] = [], nonce = 0): string {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  const one = masker(SOURCE, nonce);
  const out = edges.slice(1).map((edge, i) => one.write(bytes.subarray(edges[i], edge)).slice());
  return Buffer.from(joinBytes([...out, one.end()])).toString();
}

const outline = (text: string) => text.replace(/masked-v1-([a-z]+)-[a-z2-7]{26}/g, '<$1>');

describe('createTextMasker', () => {
  it('gives a value that the text breaks off in the mask of no other text, wherever it breaks off', () => {
    const value = 'qT7mZ2xL9kRw';
    const maskIn = (line: string) => line.split('password=')[1]?.trim();
    for (let length = 1; length <= value.length; length += 1) {
      const guess = value.slice(0, length);
      const lines = masked(`saw password=${guess}\ndb password=${guess}`).split('\n').map(maskIn);
      assert.notEqual(lines[0], lines[1], guess);
      const whole = masked(`saw password=${guess}\ndb password=${guess}\n`).trim().split('\n').map(maskIn);
      assert.equal(whole[0], whole[1], guess);
    }
    const long = 'x'.repeat(70_000);
    assert.notEqual(maskIn(masked(`${long} password=qT7`)), maskIn(masked(`${long} password=qT7\n`)));
    assert.notEqual(masked('password=qT7', [], 1), masked('password=qT7', [], 2), 'nor that of the same text again');
  });

  it('passes lines without credentials as they came', () => {
    const text = 'one\r\ntwo: 2\n\n{"level":"info","msg":"é"}\nlast without an end';
    assert.equal(masked(text), text);
    const bytes = Buffer.from([0xff, 0xfe, 0x0a, 0x00, 0x0a, 0xc3]);
    assert.equal(masked(bytes), bytes.toString());
    assert.equal(masked(''), '');
  });

  it('lets a line go as soon as its line feed is there, and nothing of it before', () => {
    const one = masker();
    assert.equal(one.write(Buffer.from('whole\npart')).length, 6);
    assert.equal(one.write(Buffer.from('ial')).length, 0);
    assert.equal(Buffer.from(one.write(Buffer.from('\n'))).toString(), 'partial\n');
    assert.throws(() => {
      one.end();
      one.write(Buffer.from('x'));
    });
  });

  it('takes turns by what there is to mask, and gives what it gives at once', () => {
    const lines = (line: (n: number) => string, count: number) =>
      Buffer.from(Array.from({ length: count }, (_, n) => line(n)).join(''));
    const dense = lines((n) => `password: hunter${n}\n`, 1_500);
    const plain = lines((n) => `line ${n} of a text\n`, 1_500);
    const long = Buffer.from(`${'password=hunter2 '.repeat(9_000)}\n`);
    for (const [bytes, least, most] of [
      [dense, 10, 100],
      [plain, 1, 2],
      [long, 40, 400],
    ] as const) {
      const parts = [...masker().writeInTurns(bytes)].map((part) => part.slice());
      assert.ok(parts.length >= least && parts.length <= most, `${parts.length} turns`);
      assert.equal(Buffer.from(joinBytes(parts)).toString(), masked(bytes));
    }
  });

  it('is over when a turn is given up', () => {
    const one = masker();
    for (const _ of one.writeInTurns(Buffer.from('password: hunter2\n'.repeat(900)))) break;
    assert.throws(() => one.write(Buffer.from('x')), { code: 'ERR_MASK_ENDED' });
  });

  it('masks values and leaves the rest of their lines', () => {
    const text = `a\nlogin password=hunter2 ok\n{"token":"${JWT}","n":1}\n{"pin":1,"password":12345}\nb`;
    assert.equal(
      outline(masked(text)),
      'a\nlogin password=<password> ok\n{"token":"<password>","n":1}\n{"pin":1,"password":"<password>"}\nb',
    );
  });

  it('masks a private key over lines, with times and with what a logger writes before each', () => {
    for (const prefix of ['', STAMP, '2026/11/24 04:57:12 INFO key: ', `${STAMP}ERROR `]) {
      const text = ['before', ...PEM, 'after 1'].map((line) => `${prefix}${line}\n`).join('');
      const out = masked(text);
      for (const piece of [...KEY_LINES, 'Zq7xK2vR9w']) assert.ok(!out.includes(piece), prefix);
      assert.ok(out.includes(`${prefix}before\n`) && out.includes(`${prefix}after 1\n`), prefix);
      assert.equal(out.split('\n').length, text.split('\n').length);
    }
  });

  it('takes a key without an end to be over after lines that are none of it', () => {
    const names = Array.from({ length: 30 }, (_, i) => `opened /usr/local/lib/node/modules in turn ${i}`);
    const lines = masked(['no -----BEGIN PRIVATE KEY----- in it', KEY_LINES[0], ...names].join('\n')).split('\n');
    assert.ok(!lines[1]?.includes(KEY_LINES[0] as string));
    assert.deepEqual(lines.slice(-9), names.slice(-9));
  });

  it('masks a key whose beginning was cut off', () => {
    const rest = [...PEM.slice(3), 'after'].map((line) => `${STAMP}${line}\n`).join('');
    const out = masked(rest);
    for (const piece of KEY_LINES.slice(2)) assert.ok(!out.includes(piece));
    assert.ok(out.endsWith(`${STAMP}after\n`));
  });

  it('masks a credential that the text breaks off in', () => {
    for (const [whole, shown] of [
      [`token ${GITHUB}`, 'token '],
      [`jwt ${JWT}`, 'jwt '],
      ['db postgres://app:hunter2hunter2', 'db postgres://app:'],
      ['{"password":"hunter2hunter2"}', '{"password":"'],
      ['Authorization: Bearer 0123456789abcdef', 'Authorization: Bearer '],
    ] as const) {
      const secret = whole.slice(shown.length);
      for (let length = 8; length < secret.length; length++) {
        const out = masked(`first\n${shown}${secret.slice(0, length)}`);
        assert.ok(!out.includes(secret.slice(0, 8)), `${shown}: ${length}`);
      }
    }
  });

  it('masks blocks of YAML, values of pairs on the next line, and wrapped base64', () => {
    const wrapped = (base64(`${PEM.join('\n')}\n`).match(/.{1,76}/g) ?? []).join('\n');
    const text = `password: |\n  hunter2\n  second\nuser: x\n- name: API_TOKEN\n  value: abc def\n- name: b\n${wrapped}\nend`;
    const out = masked(text);
    assert.deepEqual(outline(out).split('\n').slice(0, 7), [
      'password: |',
      '  <text>',
      '  <text>',
      'user: x',
      '- name: API_TOKEN',
      '  value: <password>',
      '- name: b',
    ]);
    for (const line of wrapped.split('\n')) assert.ok(!out.includes(line));
    assert.ok(out.endsWith('\nend'));
  });

  it('binds masks to container, pod, namespace and cluster, and counts by rule', () => {
    const one = masker();
    const first = Buffer.from(one.write(Buffer.from(`${GITHUB}\n${GITHUB}\npassword=x9\n`))).toString();
    const [a, b] = first.split('\n');
    assert.equal(a, b);
    assert.deepEqual(one.counts(), { 'github-token': 2, 'named-value': 1 });
    for (const change of [{ cluster: 'x' }, { namespace: 'x' }, { name: 'x' }, { part: 'x' }]) {
      const other = masker({ ...SOURCE, ...change });
      assert.notEqual(Buffer.from(other.write(Buffer.from(`${GITHUB}\n`))).toString(), `${a}\n`);
    }
  });

  it('leaves its own masks alone', () => {
    const once = masked(`password=hunter2 ${GITHUB} "token":"${JWT}"\n${base64('{"password":"hunter2"}')}\n`);
    assert.equal(masked(once), once);
  });
});

const fragments = fc.constantFrom(
  ...[
    '\n',
    '\n',
    '\r\n',
    ' ',
    'x',
    'é',
    '"',
    '\\',
    '\\n',
    '\u001b[31m',
    '\b',
    '%3D',
    '=',
    ': ',
    ',',
    '{',
    '}',
    '[',
    '- ',
  ],
  ...[
    'password',
    'api_key',
    'token',
    '--token ',
    'name: DB_PASSWORD',
    'value: ',
    'secret: |',
    '  deep',
    'Cookie: ',
    'Bearer ',
  ],
  ...[
    'hunter2',
    GITHUB,
    GITHUB.slice(0, 20),
    JWT,
    `${JWT.slice(0, 30)}`,
    'postgres://a:b@c',
    '://',
    '-----BEGIN PRIVATE KEY-----',
  ],
  ...[
    '-----END PRIVATE KEY-----',
    KEY_LINES[0] ?? '',
    base64('{"password":"hunter2"}'),
    STAMP,
    'abcdef.0123456789abcdef',
  ],
  ...[
    'AKIAIOSFODNN7EXAMPLE',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'A'.repeat(76),
    '\u0000',
    '\\u0070',
    '<password>',
  ],
);

describe('masked whole equals masked in any pieces', () => {
  const check = (text: Buffer, cuts: readonly number[]) =>
    assert.equal(
      masked(
        text,
        cuts.map((cut) => cut % (text.length + 1)),
      ),
      masked(text),
    );

  it('for texts made of what verifiers look at', () => {
    const texts = fc.array(fragments, { maxLength: 60 }).map((parts) => Buffer.from(parts.join('')));
    fc.assert(fc.property(texts, fc.array(fc.nat(), { maxLength: 12 }), check), { numRuns: 3000 });
  });

  it('for every split in two', () => {
    const text = Buffer.from(['a', ...PEM, `password: |`, '  x1', `{"token":"${JWT}"}`, `z ${GITHUB}`].join('\n'));
    for (let cut = 0; cut <= text.length; cut++) check(text, [cut]);
  });

  it('for lines longer than are held', () => {
    const long = fc
      .array(fc.tuple(fragments, fc.integer({ min: 1, max: 4000 })), { minLength: 20, maxLength: 60 })
      .map((parts) =>
        Buffer.from(
          parts
            .map(([part, times]) => part.repeat(times))
            .join('')
            .slice(0, 400_000),
        ),
      );
    fc.assert(fc.property(long, fc.array(fc.nat(), { maxLength: 30 }), check), { numRuns: 30 });
  });

  it('and a credential in a long line is masked wherever it stands', () => {
    const filler = 'a line without an end, ';
    for (let at = 63_000; at < 67_000; at += 37) {
      const before = filler.repeat(9000).slice(0, at);
      const text = `${before} password="hunter2 and more" ${GITHUB} ${filler.repeat(4000)}`;
      const out = masked(text);
      assert.ok(!out.includes('hunter2') && !out.includes('ghp_0123'), String(at));
      assert.ok(out.startsWith(before));
    }
    const open = masked(`${filler.repeat(3000)}"password":"${'hunter2 '.repeat(20_000)}\nnext`);
    assert.ok(!open.includes('hunter2') && open.endsWith('\nnext'));
  });
});
