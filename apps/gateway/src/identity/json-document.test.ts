// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { member, parseJsonObject } from './json-document.ts';

const parse = (text: string, maxDepth = 64) => parseJsonObject(Buffer.from(text), { maxDepth });

describe('parseJsonObject', () => {
  const values = [
    '0',
    '-1.5e3',
    'true',
    'null',
    '""',
    '"\\""',
    '"a,b:{"',
    '[]',
    '{}',
    '[1,[2,{"a":[]}]]',
    '{"a":{"b":{}}}',
  ];
  const names = ['""', '"a"', '"\\""', '"\\\\"', '"{"', '"a,b"', '"\\ud800"', '"__proto__"'];

  test('reads what JSON.parse reads, to the same value', () => {
    for (const name of names) {
      for (const value of values) {
        for (const space of ['', ' ', '\r\n\t']) {
          const text = `${space}{${space}${name}${space}:${space}${value}${space},${space}"z"${space}:${value}}${space}`;
          assert.deepEqual(parse(text), JSON.parse(text), text);
        }
      }
    }
  });

  test('finds a repeated member wherever it stands', () => {
    for (const name of names) {
      for (const value of values) {
        const inner = `{${name}:${value}, "z" : ${value},${name} :1}`;
        for (const text of [inner, `{"x":[${inner}]}`, `{"x":[[],{}],"y":{"z":${inner}}}`]) {
          assert.doesNotThrow(() => JSON.parse(text));
          assert.equal(parse(text), undefined, text);
        }
      }
    }
  });

  test('braces, quotes and commas inside strings are text', () => {
    const value = { a: '{"b":1,"b":2}', b: '\\"', '{': ',', '",': ['"a":1', '"a":1'] };
    assert.deepEqual(parse(JSON.stringify(value)), value);
  });

  test('counts depth', () => {
    assert.ok(parse('{"a":[[]]}', 3));
    assert.equal(parse('{"a":[[]]}', 2), undefined);
  });

  test('what an object inherits is no member of it', () => {
    assert.equal(member(parse('{}') ?? {}, 'constructor'), undefined);
    assert.equal(member(parse('{"__proto__":1}') ?? {}, '__proto__'), 1);
  });
});
