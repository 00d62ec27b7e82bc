// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cut, maskPieces, planFor } from './fixtures/run-masker.ts';
import type { MaskerOptions } from './masker.ts';

const options: MaskerOptions = {
  hmac: (message) => createHmac('sha256', 'test key').update(message).digest(),
  cluster: 'lab',
};

const RESOURCE = 'example.org/widgets';

function maskList(items: readonly unknown[], resource = RESOURCE, at: readonly number[] = []): unknown[] {
  const body = JSON.stringify({ kind: 'List', items });
  return JSON.parse(maskPieces(planFor('list', resource), cut(body, at), options)).items;
}

/** Nothing is known of items before where there are none. */
const alone = (items: readonly unknown[], resource?: string) => items.flatMap((item) => maskList([item], resource));

const scalar = fc.constantFrom<unknown>(
  ...['info', 'gT5yH1uJ6iK3', 'log in with gT5yH1uJ6iK3 here', '--token', '--listen=:8080', 'a "quoted" text', 'é', ''],
  ...['postgres://app:Wq7xK2vR9wEm@db:5432/shop', 'all is well in the shop', 4096, 123456789, null, true],
);
const member = fc.constantFrom(
  ...['name', 'value', 'key', 'args', 'note', 'password', 'tokens', 'labels', 'metadata', 'spec', 'data', 'message'],
  ...['fieldsV1', 'managedFields', 'k:{"name":"DB_PASSWORD"}', 'v:"gT5yH1uJ6iK3"', 'ports', 'cells', 'object', 'uid'],
);
const pair = fc.record({ name: fc.constantFrom('DB_PASSWORD', 'LOG_LEVEL_OF_THE_WHOLE_SHOP'), value: scalar });
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium' },
    scalar,
    pair,
    fc.dictionary(member, tie('tree'), { maxKeys: 4 }),
    fc.array(tie('tree'), { maxLength: 3 }),
  ),
}));
/** Items made of few parts, so that most of them come again. */
const items = fc
  .array(tree, { minLength: 1, maxLength: 4 })
  .chain((parts) =>
    fc.array(fc.dictionary(member, fc.constantFrom(...parts), { minKeys: 1, maxKeys: 4 }), { maxLength: 8 }),
  );

describe('createMasker, for items that are alike', () => {
  it('masks each as if it came alone, however the list is cut', () => {
    const resource = fc.constantFrom(RESOURCE, '/pods', '/secrets', '/configmaps');
    const at = fc.array(fc.nat(2000), { maxLength: 5 });
    fc.assert(
      fc.property(items, resource, at, (all, of, cuts) => {
        const expected = alone(all, of);
        assert.deepEqual(maskList(all, of), expected);
        assert.deepEqual(maskList(all, of, cuts), expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('looks for the values of an item in what the items before said too', () => {
    const said = { message: 'cannot log in with gT5yH1uJ6iK3 today', phase: 'Failed' };
    const items = [{ status: said }, { status: said }, { status: said, spec: { password: 'gT5yH1uJ6iK3' } }];
    const [first, second, third] = maskList(items).map((item) => JSON.stringify(item));
    assert.match(first ?? '', /gT5yH1uJ6iK3/);
    assert.equal(second, first);
    assert.doesNotMatch(third ?? '', /gT5yH1uJ6iK3/);
  });

  it('asks what stands beside a list, not what stood beside it before', () => {
    const value = ['registry-7f9c2', 'another-value-1'];
    const items = [{ spec: { name: 'REGION', value } }, { spec: { name: 'REGION', value } }];
    const masked = JSON.stringify(maskList([...items, { spec: { name: 'API_TOKEN', value } }], '/pods')[2]);
    assert.doesNotMatch(masked, /registry-7f9c2|another-value-1/);
  });

  it('asks for the name above a list, not for the last name in it, read or known', () => {
    const known = { password: { object: 123456789, fieldsV1: null } };
    const named = (name: string) => ({ data: { [name]: [known, { size: 1 }, 'gT5yH1uJ6iK3'] } });
    const [note, again, password] = maskList([named('note'), named('note'), named('password')], '/configmaps');
    assert.deepEqual([note, again], [named('note'), named('note')]);
    assert.doesNotMatch(JSON.stringify(password), /gT5yH1uJ6iK3/);
    const last = { data: { note: [known, 'gT5yH1uJ6iK3'] } };
    assert.deepEqual(maskList([last, last], '/configmaps'), [last, last]);
  });

  it('masks what is nested too deeply whole, known or not', () => {
    const known = '['.repeat(40) + ']'.repeat(40);
    const deep = `${'{"spec":'.repeat(90)}{"other":${known}}${'}'.repeat(90)}`;
    const masked = (...items: string[]) =>
      maskPieces(planFor('list', '/pods'), [Buffer.from(`{"items":[${items.join(',')}]}`)], options);
    const before = `{"other":${known}}`;
    const alone = masked(deep);
    assert.match(alone, /"masked-v1-field-/);
    assert.equal(masked(before, before, deep), `{"items":[${before},${before},${alone.slice('{"items":['.length)}`);
  });

  it('takes nothing for known that differs from it in one bit', () => {
    const known = Buffer.from(
      '{"args":["--listen=:8080","--verbosity=2"],"image":"registry.example.com/shop/app:1.4.0"}',
    );
    const outcome = (before: string, item: Buffer) => {
      const list = Buffer.concat([Buffer.from(`{"items":[${before}{"spec":`), item, Buffer.from('}]}')]);
      try {
        return maskPieces(planFor('list', '/pods'), [list], options).slice(`{"items":[${before}`.length);
      } catch (error) {
        return (error as { readonly code: string }).code;
      }
    };
    for (let bit = 0; bit < known.length * 8; bit++) {
      const other = Buffer.from(known);
      other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
      assert.equal(outcome(`{"spec":${known}},{"spec":${known}},`, other), outcome('', other));
    }
  });

  it('refuses what breaks off in something known, or is none of it', () => {
    const known = '{"ports":[{"containerPort":8080,"protocol":"TCP"}]}';
    for (const broken of [known.slice(0, -3), `${known}}`, `${known.slice(0, -1)},}`, known.replace('"TCP"', '"TCP')]) {
      const list = `{"items":[${known},${known},${broken}]}`;
      assert.throws(() => maskPieces(planFor('list', '/pods'), [Buffer.from(list)], options), { name: 'MaskError' });
    }
  });
});
