// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { OBJECT_CORPUS } from './fixtures/object-corpus.ts';
import { cut, maskPieces, planFor } from './fixtures/run-masker.ts';
import { joinBytes } from './json/bytes.ts';
import { createMasker, type Masker, type MaskerOptions } from './masker.ts';
import { TURN_BYTES } from './turns.ts';

const options: MaskerOptions = {
  hmac: (message) => createHmac('sha256', 'test key').update(message).digest(),
  cluster: 'lab',
};

const LINES = Array.from(
  { length: 3_000 },
  (_, n) => `A_${n % 700}_PASSWORD=hunter${(n % 700) * 7} a\\/b\nkey of the token`,
);
const TEXT = LINES.join('\n');

/** Objects that take long, each for another reason. */
const LONG: Readonly<Record<string, object>> = {
  'a long file': { data: { 'app.env': TEXT, note: 'see hunter2800 in the file' } },
  'a long text that is no file': { spec: { note: TEXT.replaceAll('\n', ' ') } },
  'a file of JSON': { data: { 'a.json': JSON.stringify({ lines: LINES, password: 'Xk93kfj2Lq7v' }) } },
  base64: { data: { a: `${btoa(TEXT)} ${btoa(TEXT)}` } },
  'a file in base64': { binaryData: { 'app.env': btoa(TEXT) } },
  'many members': { data: Object.fromEntries(LINES.map((line, n) => [`key-${n}`, line])) },
  'a message': { status: { message: TEXT }, message: `${TEXT}: Invalid value: "hunter2800": no` },
  'an annotation': { metadata: { annotations: { note: `{"a":1} ${TEXT}`, 'a.yaml': TEXT } } },
  'a command line': { spec: { args: ['--token', TEXT, `--token=${TEXT}`, TEXT] } },
  'a text of few values, each said again': {
    data: { a: `password=gT5yH1uJ6iK3 ${'aaaaaaa gT5yH1uJ6iK3 '.repeat(2_000)}` },
    spec: { password: 'gT5yH1uJ6iK3', note: 'gT5yH1uJ6iK3 '.repeat(1_000) },
  },
  'a copy of itself': {
    metadata: {
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data: { a: TEXT } }) },
    },
    data: { a: TEXT },
  },
};

function inTurns(masker: Masker, body: Uint8Array) {
  const parts = [...masker.writeInTurns(body)];
  return { turns: parts.length, text: new TextDecoder().decode(joinBytes([...parts, masker.end()])) };
}

describe('writeInTurns', () => {
  for (const [what, object] of Object.entries(LONG)) {
    for (const resource of ['/configmaps', 'example.org/widgets', '/secrets']) {
      it(`masks ${what} as write does, and takes many turns for it: ${resource}`, () => {
        const list = JSON.stringify({ items: [{ data: { a: 'first' } }, object, { data: { b: 'last' } }] });
        const body = Buffer.from(list);
        const masker = createMasker(planFor('list', resource), options);
        const { turns, text } = inTurns(masker, body);
        assert.equal(text, maskPieces(planFor('list', resource), [body], options));
        assert.ok(turns >= body.length / TURN_BYTES, `${turns} turns`);
      });
    }
  }

  it('takes turns for a short list of what is dense', () => {
    const items = Array.from({ length: 8 }, (_, n) => ({
      data: { 'app.env': LINES.slice(n * 40, n * 40 + 40).join('\n') },
    }));
    const body = Buffer.from(JSON.stringify({ items }));
    assert.ok(body.length < TURN_BYTES);
    const { turns, text } = inTurns(createMasker(planFor('list', '/configmaps'), options), body);
    assert.equal(text, maskPieces(planFor('list', '/configmaps'), cut(body, [100, 3_000]), options));
    assert.ok(turns > 2, `${turns} turns`);
  });

  it('takes more turns for what is denser', () => {
    const turnsFor = (text: string) =>
      inTurns(createMasker(planFor('get', '/configmaps'), options), Buffer.from(JSON.stringify({ data: { a: text } })))
        .turns;
    assert.ok(turnsFor(TEXT) > 2 * turnsFor('x'.repeat(TEXT.length)));
  });

  for (const { name, resource, shape, body } of OBJECT_CORPUS) {
    it(`gives what write gives: ${name}`, () => {
      const plan = planFor(shape === 'watch' ? 'watch' : 'get', resource);
      const bytes = Buffer.from(body);
      assert.equal(inTurns(createMasker(plan, options), bytes).text, maskPieces(plan, [bytes], options));
    });
  }

  it('is over when it is given up: nothing more of the answer may go on', () => {
    const masker = createMasker(planFor('get', '/configmaps'), options);
    for (const _ of masker.writeInTurns(Buffer.from(JSON.stringify(LONG['a long file'])))) break;
    assert.throws(() => masker.write(Buffer.from(' ')), { code: 'ERR_MASK_ENDED' });
    assert.throws(() => masker.end(), { code: 'ERR_MASK_ENDED' });
  });
});
