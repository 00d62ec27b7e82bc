// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { containsToken } from './contains-token.ts';
import { findTokens } from './find-tokens.ts';

const TOKEN = 'masked-v1-secret-abcdefghijklmnopqrstuvwxyz';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const paths = (body: string) => findTokens(Buffer.from(body)).map(({ path }) => path);
const inObject = (value: string) => paths(JSON.stringify({ spec: { field: value } }));

describe('findTokens', () => {
  it('names the fields that hold tokens', () => {
    const body = {
      metadata: { annotations: { 'a.b/c': TOKEN, plain: 'x' } },
      data: { password: base64(TOKEN), other: base64('nothing of the kind, long enough to be decoded') },
      spec: {
        containers: [
          { env: [] },
          {
            env: [
              { name: 'A', value: 'b' },
              { name: 'B', value: `x${TOKEN}y` },
            ],
          },
        ],
      },
      [TOKEN]: true,
    };
    const expected = ['metadata.annotations[a.b/c]', 'data.password', 'spec.containers[1].env[1].value', TOKEN];
    assert.deepEqual(paths(JSON.stringify(body)), expected);
  });

  it('finds them in JSON patches', () => {
    assert.deepEqual(paths(`[{"op":"test","path":"/a"},{"op":"add","path":"/b","value":{"c":["${TOKEN}"]}}]`), [
      '[1].value.c[0]',
    ]);
  });

  it('finds them behind every disguise that a client writes by itself', () => {
    const manifest = JSON.stringify({ data: { a: TOKEN } });
    const wrapped = base64(`some text before ${TOKEN} and after it`).replace(/.{20}/g, '$&\n    ');
    const disguises: Record<string, string> = {
      'inside text': `password=${TOKEN};`,
      truncated: 'masked-v1-sec',
      'in upper case': TOKEN.toUpperCase(),
      'last-applied JSON': manifest,
      'JSON with escapes in a string': JSON.stringify({ a: 'masked' }).replace('masked', 'm\\u0061sked\\u002dv1-x'),
      'JSON in JSON with escapes': JSON.stringify(JSON.stringify({ a: 1 }).replace('1', '"mas\\u006bed-v1-x"')),
      'base64 shift 0': base64(TOKEN),
      'base64 shift 1': base64(`a${TOKEN}`),
      'base64 shift 2': base64(`ab${TOKEN}`),
      base64url: Buffer.from(`?>?>${TOKEN}`).toString('base64url'),
      'base64 of base64': base64(base64(`x${TOKEN}`)),
      'base64 of a file with base64': base64(`a:\n  b: ${base64(`xy${TOKEN}`)}\n`),
      'base64 over lines': wrapped,
      'a YAML file': `stringData:\n  password: ${TOKEN}\n`,
      'a YAML escape': 'password: "\\x6dasked-v1-secret-abc"',
      'a folded YAML string': 'password: "masked-v1\\\n  -secret-abc"',
    };
    for (const [name, text] of Object.entries(disguises)) assert.deepEqual(inObject(text), ['spec.field'], name);
  });

  it('finds a token that escapes split, in values and in names', () => {
    assert.deepEqual(paths('{"data":{"a":"mas\\u006bed\\u002dv1-secret-x"}}'), ['data.a']);
    assert.deepEqual(paths('{"\\u006dasked-v1-x":1}'), ['masked-v1-x']);
    assert.deepEqual(paths(`{"data":{"a":"YQ==","a":"${base64(TOKEN)}"}}`), ['data.a']);
  });

  it('finds them in bodies that are no JSON', () => {
    assert.deepEqual(paths(`stringData:\n  password: ${TOKEN}\n`), ['']);
    assert.deepEqual(paths(`{"a": 1, ${TOKEN}`), ['']);
    assert.deepEqual(paths(`{"a":"${TOKEN}"`), ['a']);
  });

  it('lets everything else pass', () => {
    for (const body of ['', '{}', '[]', 'a: b', '{"masked":"v1"}', '{"a":"masked-v2 is no token, nor is MASKED"}']) {
      assert.deepEqual(paths(body), [], body);
    }
    assert.equal(containsToken(base64('a quite ordinary value of some length')), false);
  });

  it('takes time in proportion to the body, however it is made up', () => {
    const bytes = 1_000_000;
    const fillers = ['\\', '\\u', '\\n', ' ', 'QUFB', 'XHUw', 'masked-v', '\\u005c', '"', '\u0000'];
    for (const filler of fillers) {
      const started = process.hrtime.bigint();
      assert.deepEqual(inObject(filler.repeat(bytes / filler.length)), [], filler);
      assert.ok(process.hrtime.bigint() - started < 5_000_000_000n, filler);
    }
  });

  it('names at most 32 places', () => {
    assert.equal(paths(JSON.stringify(Array.from({ length: 100 }, () => TOKEN))).length, 32);
  });
});
