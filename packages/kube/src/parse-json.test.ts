// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonNumber, type JsonValue, jsonAt, serializeJson } from './json.ts';
import { type JsonLimits, parseJson } from './parse-json.ts';

function parse(text: string, limits?: JsonLimits): JsonValue {
  return parseJson(new TextEncoder().encode(text), limits);
}

test('numbers keep every digit', () => {
  const text = '{"a":9007199254740993,"b":-0,"c":1e400,"d":1.10,"e":0.1E-7,"f":18446744073709551615}';
  assert.equal(serializeJson(parse(text)), text);
  assert.equal((jsonAt(parse(text), 'a') as JsonNumber).toSafeInteger(), undefined);
  assert.equal(new JsonNumber('12').toSafeInteger(), 12);
  assert.equal(new JsonNumber('1.0').toSafeInteger(), undefined);
});

test('what JSON.parse reads is read alike, and written so that it reads the same', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary' }), fc.boolean(), (text, spaced) => {
      const source = spaced ? JSON.stringify(JSON.parse(text), null, 2) : text;
      assert.deepEqual(JSON.parse(serializeJson(parse(source))), JSON.parse(text));
    }),
  );
});

test('keys are data: __proto__ and constructor are keys like others', () => {
  const text = '{"__proto__":{"a":1},"constructor":2}';
  assert.equal(serializeJson(parse(text)), text);
});

test('what a YAML reader would take for something else is written as an escape', () => {
  const odd = '\u007f\u0085\u009f\u2028\u2029\ufeff\ufffe\uffff';
  const written = '"\\u007f\\u0085\\u009f\\u2028\\u2029\\ufeff\\ufffe\\uffff"';
  assert.equal(serializeJson(parse(JSON.stringify({ [odd]: odd }))), `{${written}:${written}}`);
  assert.equal(parse(written), odd);
});

test('keys that differ in case are two keys', () => {
  assert.equal(serializeJson(parse('{"data":{"Foo":1,"foo":2}}')), '{"data":{"Foo":1,"foo":2}}');
});

test('a duplicate key is refused with its place', () => {
  const duplicate = { code: 'ERR_KUBE_JSON_DUPLICATE_KEY', message: 'the body has a key twice: /a/1/b~1c' };
  assert.throws(() => parse('{"a":[0,{"b/c":1,"b\\u002fc":2}]}'), duplicate);
});

const malformed = [
  ...['', ' ', '{', '[', '"', '{"a"}', '{"a":1,}', '[1,]', '{a:1}', "{'a':1}", '01', '1.', '.5', '+1', '0x1', 'NaN'],
  ...['nul', '[1 2]', '{} {}', '{}\0', '"\\x"', '"\\u12"', '"\t"', '"a\\"', '"\\ud800"', '\ufeff{}', '{"a":1 "b":2}'],
];
for (const text of malformed) {
  test(`${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => parse(text), { code: 'ERR_KUBE_JSON' });
  });
}

test('bytes that are not UTF-8 are refused', () => {
  assert.throws(() => parseJson(Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)), { code: 'ERR_KUBE_JSON' });
});

test('depth and size have limits', () => {
  assert.equal(serializeJson(parse('[[]]', { maxDepth: 2 })), '[[]]');
  assert.throws(() => parse('[[[]]]', { maxDepth: 2 }), { code: 'ERR_KUBE_JSON_TOO_DEEP' });
  assert.throws(() => parse('['.repeat(1_000_000)), { code: 'ERR_KUBE_JSON_TOO_DEEP' });
  assert.throws(() => parse('{"a":1}', { maxBytes: 6 }), { code: 'ERR_KUBE_BODY_TOO_LARGE' });
});

test('the number of values has a limit', () => {
  assert.equal(serializeJson(parse('[0,{"a":null}]', { maxValues: 4 })), '[0,{"a":null}]');
  assert.throws(() => parse('[0,{"a":null}]', { maxValues: 3 }), { code: 'ERR_KUBE_BODY_TOO_LARGE' });
  assert.throws(() => parse(`[${'{},'.repeat(250_000)}0]`), { code: 'ERR_KUBE_BODY_TOO_LARGE' });
});

test('a string of a megabyte, and one of backslashes alone, are read', () => {
  for (const value of ['x'.repeat(1_500_000), '\\'.repeat(700_000), '"'.repeat(700_000)]) {
    assert.equal(parse(JSON.stringify(value)), value);
  }
});
