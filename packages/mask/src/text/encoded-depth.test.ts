// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { AnchorCursor } from './anchor-cursor.ts';
import { mayHoldSecret } from './may-hold-secret.ts';
import { type ScanOptions, TextScanner } from './text-scanner.ts';

const VALUE = 'Zk9vQ2x7Lw3pT8sN';
const base64 = (content: string | Uint8Array) => Buffer.from(content).toString('base64');
const scanner = new TextScanner((gzip) => gunzipSync(gzip));

/** What is left of a text when its hits are taken out; both prefilters must let it through. */
function rest(text: string, options?: ScanOptions): string {
  const bytes = Buffer.from(text);
  const hits = scanner.scanText(bytes, 0, bytes.length, options);
  if (hits.length > 0) {
    assert.ok(mayHoldSecret(bytes, 0, bytes.length), text);
    assert.ok(new AnchorCursor(bytes, 0, bytes.length).next(0) < bytes.length, text);
  }
  let at = 0;
  let left = '';
  for (const { start, end } of hits) {
    left += `${bytes.toString('utf8', at, start)}<${start === end ? 'nothing' : 'mask'}>`;
    at = end;
  }
  return left + bytes.toString('utf8', at);
}

describe('TextScanner, in what is encoded more often than it reads', () => {
  const inJson = (depth: number) => {
    let text = JSON.stringify({ password: VALUE });
    for (let i = 0; i < depth; i++) text = JSON.stringify({ a: text });
    return text;
  };

  it('finds members in JSON in any number of strings', () => {
    for (let depth = 0; depth < 15; depth++) assert.ok(!rest(inJson(depth)).includes(VALUE), `${depth} strings`);
  });

  it('finds the values of a Secret there', () => {
    let text = JSON.stringify({ kind: 'Secret', data: { a: base64(VALUE) } });
    for (let depth = 1; depth < 9; depth++) {
      text = JSON.stringify({ a: text });
      assert.ok(!rest(text).includes(base64(VALUE)), `${depth} strings`);
    }
  });

  it('undoes percent-encoding that was done any number of times', () => {
    let text = `password=${VALUE}`;
    for (let depth = 1; depth < 12; depth++) {
      text = encodeURIComponent(text);
      assert.ok(!rest(text).includes(VALUE), text);
    }
    assert.equal(rest('token%253Dab%2520cd&b=1'), 'token%253D<mask>&b=1');
  });

  it('masks base64 that stands deeper than it is decoded', () => {
    let text = `password=${VALUE}`;
    for (let depth = 1; depth < 8; depth++) {
      text = base64(text);
      assert.equal(rest(text), '<mask>', `${depth} times`);
    }
  });

  it('leaves harmless text in base64, twice', () => {
    const text = base64(base64('hello, this is a harmless text of some length'));
    assert.equal(rest(text), text);
  });

  it('masks gzip of gzip', () => {
    assert.equal(rest(base64(gzipSync(gzipSync(`password=${VALUE}`)))), '<mask>');
    const harmless = base64(gzipSync('hello, this is a harmless text of some length'));
    assert.equal(rest(harmless), harmless);
  });
});

describe('TextScanner, in base64 that something is glued to', () => {
  const encoded = base64(`password=${VALUE}`);

  it('finds what it holds', () => {
    const prefixes = [
      '/data/',
      'path/to/blob/',
      'backup-',
      'cfg_',
      'abc',
      'abcd',
      'abcdefgh',
      'v1+',
      'https://h/api/cfg/',
    ];
    for (const prefix of prefixes) {
      const left = rest(`${prefix}${encoded} x`);
      assert.ok(left.endsWith('<mask> x') && prefix.startsWith(left.slice(0, -8)), `${prefix}: ${left}`);
    }
  });

  it('finds it behind any prefix', () => {
    const prefix = fc.string({ unit: fc.constantFrom(...'abcXYZ019/-_+'), maxLength: 80 });
    const secret = fc.constantFrom(`password=${VALUE}`, `user: app\ntoken: ${VALUE}\n`, `{"apiKey":"${VALUE}"}`);
    fc.assert(
      fc.property(prefix, secret, (before, text) => {
        const inIt = base64(text).slice(16, 32);
        return !rest(`${before}${base64(text)}`).includes(inIt);
      }),
      { numRuns: 300 },
    );
  });

  it('finds gzip behind a path', () => {
    assert.equal(rest(`/data/${base64(gzipSync(`password=${VALUE}`))}`), '/data/<mask>');
  });

  it('finds text behind bytes that are none, and before them', () => {
    const bytes = Buffer.from([8, 1, 18, 200, 3, 255, 254, 0, 1, 2, 130, 140]);
    const text = Buffer.from(`\npassword=${VALUE}\n`);
    for (const parts of [
      [bytes, text],
      [bytes, bytes, text, bytes],
      [text, bytes],
    ]) {
      const whole = base64(Buffer.concat(parts));
      const inIt = base64(Buffer.concat(parts).subarray(0, 60)).slice(-24, -8);
      assert.ok(!rest(`x ${whole} y`).includes(inIt) && rest(`x ${whole} y`).endsWith('<mask> y'), whole);
    }
  });

  it('knows it while the text goes on', () => {
    const text = `GET /api/${encoded}`;
    for (let to = 36; to < text.length; to++) {
      assert.ok(rest(text.slice(0, to), { isLive: true }).endsWith('<mask>'), text.slice(0, to));
    }
  });

  it('leaves paths, identifiers and digests', () => {
    const texts = [
      '/usr/local/lib/node_modules/npm/node_modules/semver/functions/compare.js',
      'web-shop-order-7d9f8c6b5d-abcde-6b0c9f0e-5d7c-4a53-9d4f-000000000000',
      'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      `/data/${base64('hello, this is a harmless text of some length')}`,
    ];
    for (const text of texts) assert.equal(rest(text), text);
  });
});
