// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { leakIn } from './fixtures/canary-oracle.ts';
import { cut, maskPieces, maskUntilError, planFor } from './fixtures/run-masker.ts';
import { CANARIES, CORPUS, secret } from './fixtures/secret-corpus.ts';
import { MaskError } from './mask-error.ts';
import { createMasker, MAX_UNIT_BYTES, type MaskerOptions } from './masker.ts';
import type { MaskingPlan } from './rules/plan.ts';

const options: MaskerOptions = {
  hmac: (message) => createHmac('sha256', 'test key').update(message).digest(),
  cluster: 'lab',
  nonce: new Uint8Array(16).fill(7),
};

const planOf = (shape: MaskingPlan['shape']) => planFor(shape === 'watch' ? 'watch' : 'get');

const mask = (plan: MaskingPlan, pieces: readonly Uint8Array[]) => maskPieces(plan, pieces, options);

describe('createMasker, failing closed', () => {
  const masks =
    (body: string | Uint8Array, plan = planFor('get')) =>
    () =>
      mask(plan, [Buffer.from(body)]);
  const malformed: Record<string, string | Uint8Array> = {
    'no JSON': 'secret',
    'an array': '[]',
    'a string': '"x"',
    'a byte order mark': `\ufeff${JSON.stringify(secret())}`,
    'two documents': '{}{}',
    'a trailing comma': '{"data":{"a":"Yg==",}}',
    'a comment': '{/* */}',
    'a bare control character': '{"data":{"a":"\u0001"}}',
    'an unknown escape': '{"data":{"a":"\\x41"}}',
    'a broken \\u': '{"data":{"a":"\\u12g4"}}',
    'single quotes': "{'data':{}}",
    'a number with a leading zero': '{"code":012}',
    'a bare point': '{"code":1.}',
    'a misspelt literal': '{"data":nul}',
    'mismatched brackets': '{"items":[}',
    'invalid UTF-8': Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    'overlong UTF-8': Uint8Array.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]),
    'a surrogate in UTF-8': Uint8Array.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
  };
  for (const [name, body] of Object.entries(malformed)) {
    it(`refuses ${name}`, () => {
      assert.throws(masks(body), (error) => error instanceof MaskError && error.code === 'ERR_MASK_MALFORMED');
    });
  }

  it('refuses what ends early, and an empty object answer, but not an empty watch', () => {
    for (const body of ['', ' ', '{', '{"data":{"a":"', JSON.stringify(secret()).slice(0, -1)]) {
      assert.throws(masks(body), { code: 'ERR_MASK_TRUNCATED' });
    }
    assert.throws(masks('{"type":"ADDED"', planFor('watch')), { code: 'ERR_MASK_TRUNCATED' });
    assert.equal(mask(planFor('watch'), []), '');
  });

  it('refuses nesting bombs, also where nothing would be masked', () => {
    assert.throws(masks(`{"items":${'['.repeat(100_000)}`), { code: 'ERR_MASK_TOO_DEEP' });
    assert.throws(masks('{"metadata":'.repeat(20_000)), { code: 'ERR_MASK_TOO_DEEP' });
  });

  it('masks JSON in strings in strings whole below three levels', () => {
    let inner: object = { data: { a: Buffer.from(CANARIES.password).toString('base64') } };
    for (let level = 0; level < 6; level++) {
      const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(inner) };
      inner = { metadata: { annotations } };
    }
    const output = mask(planFor('get'), [Buffer.from(JSON.stringify(inner))]);
    assert.equal(leakIn(output), undefined);
    assert.match(output, /masked-v1-annotation-/);
  });

  it('refuses an item larger than the cap, wherever chunks end', () => {
    const item = (bytes: number) => `{"data":{"a":"${'A'.repeat(bytes)}"}}`;
    const frame = item(0).length;
    const list = (bytes: number) => Buffer.from(`{"items":[${item(bytes - frame)}]}`);
    const fits = list(MAX_UNIT_BYTES);
    const over = list(MAX_UNIT_BYTES + 1);
    for (const at of [0, 10, 70_000, over.length - 3, over.length - 2]) {
      assert.match(mask(planFor('get'), cut(fits, [at])), /"data":\{"a":"bWFz/);
      assert.throws(() => mask(planFor('get'), cut(over, [at])), { code: 'ERR_MASK_ITEM_TOO_LARGE' });
    }
  });

  it('reads whatever can be stored, however the API server spells it', () => {
    const most = 1_572_864;
    for (const escaped of ['\\u003c', '\\u0000', '\\"']) {
      const text = escaped.repeat(most);
      const list = `{"items":[{"metadata":{"name":"a"}},{"data":{"a":"${text}"}},{"metadata":{"name":"z"}}]}`;
      assert.ok(mask(planFor('list', '/configmaps'), [Buffer.from(list)]).endsWith('{"metadata":{"name":"z"}}]}'));
    }
  });

  it('refuses an item that never ends as soon as it is too large', () => {
    const masker = createMasker(planFor('get'), options);
    const chunk = Buffer.alloc(64 * 1024, 'A');
    masker.write(Buffer.from('{"items":[{"data":{"a":"'));
    const endless = () => {
      for (let bytes = 0; bytes <= MAX_UNIT_BYTES; bytes += chunk.length) masker.write(chunk);
    };
    assert.throws(endless, { code: 'ERR_MASK_ITEM_TOO_LARGE' });
  });

  it('stays refused after an error and after its end', () => {
    const masker = createMasker(planFor('get'), options);
    assert.throws(() => masker.write(Buffer.from('x')), { code: 'ERR_MASK_MALFORMED' });
    assert.throws(() => masker.write(Buffer.from('{}')), { code: 'ERR_MASK_ENDED' });
    assert.throws(() => masker.end(), { code: 'ERR_MASK_ENDED' });
    const ended = createMasker(planFor('get'), options);
    ended.write(Buffer.from('{}'));
    ended.end();
    assert.throws(() => ended.write(Buffer.from(' ')), { code: 'ERR_MASK_ENDED' });
  });

  it('lets no canary out of damaged answers, whether it throws or not', () => {
    const damage = fc.record({
      at: fc.nat(1_000_000),
      remove: fc.nat(3),
      insert: fc.constantFrom('', '"', '{', '}', '[', ',', '\\', 'x', ':', '\0', '"data":1,'),
    });
    const cases = fc.constantFrom(...CORPUS.filter(({ name }) => name !== 'duplicate members'));
    fc.assert(
      fc.property(cases, fc.array(damage, { minLength: 1, maxLength: 3 }), ({ shape, body }, damages) => {
        let text = body;
        for (const { at, remove, insert } of damages) {
          const place = at % text.length;
          text = text.slice(0, place) + insert + text.slice(place + remove);
        }
        assertNoValue(maskUntilError(planOf(shape), cut(text, [text.length >> 1]), options), text);
      }),
      { numRuns: 1500 },
    );
  });
});

/** For inputs whose canaries are damaged as well: whole values of `data` are what must not come back. */
function assertNoValue(output: string, input: string): void {
  for (const value of [CANARIES.password, CANARIES.pem, CANARIES.token]) {
    const encoded = Buffer.from(value).toString('base64');
    assert.ok(!output.includes(encoded), `${encoded} from ${input}`);
  }
}
