// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { canonicalJson, type Json } from './canonical-json.ts';
import { OfSchema, type Schema } from './fixtures/of-schema.ts';
import { Leaf, recordJsonSchema, recordTypes } from './record.ts';
import { RecordWriter } from './record-writer.ts';
import { SchemaWriters } from './schema-writers.ts';
import { SealedFields } from './sealed-fields.ts';

const definitions = recordJsonSchema().$defs as Readonly<Record<string, Schema>>;
const valid = new OfSchema(definitions);
const writer = new RecordWriter();

/** A member that is undefined is none to the writer, wherever it stands; zod knows that of members that it knows. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutUndefined(member)]));
}

/** The spelling of what zod takes. */
function spelledByZod(schema: typeof Leaf | typeof SealedFields, value: unknown): string | undefined {
  try {
    const whole = withoutUndefined(value);
    return schema.safeParse(whole).success ? canonicalJson(whole as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** As zod takes it; what has undefined members the writer may leave to zod. */
function assertSpelled(spelled: string | undefined, schema: typeof Leaf | typeof SealedFields, value: unknown): void {
  const isPlain = isDeepStrictEqual(value, withoutUndefined(value));
  if (isPlain || spelled !== undefined) assert.equal(spelled, spelledByZod(schema, value));
}

const ODD: readonly unknown[] = [
  ...['', 'x', 'X', 'a"b', 'a\\b', 'é', '\u{1f600}', '\ud800', 'a'.repeat(600), 'allow', 'resource', 'answer', '~'],
  ...[0, -0, -1, 1, 1.5, 600, 2 ** 53, Number.NaN, true, false, null, undefined, [], [null], {}, { a: 1 }],
];

type Place = { readonly at: number; readonly odd: unknown; readonly how: 'replace' | 'remove' | 'add' };

/** Every object in a value, and every array. */
function containersOf(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(containersOf)];
}

/** Does one thing to a value, somewhere. */
function damage(value: unknown, { at, odd: one, how }: Place): void {
  // Of its own, as the next damage may be in it.
  const odd = structuredClone(one);
  const places = containersOf(value).flatMap((inside) => Object.keys(inside).map((name) => ({ inside, name })));
  const place = places[at % places.length];
  if (place === undefined) return;
  const { inside, name } = place;
  if (how === 'add') inside.further = odd;
  else if (how === 'remove' && !Array.isArray(inside)) delete inside[name];
  else inside[name] = odd;
}

const places = fc.array(
  fc.record({ at: fc.nat(200), odd: fc.constantFrom(...ODD), how: fc.constantFrom('replace', 'remove', 'add') }),
  { maxLength: 2 },
);

describe('RecordWriter', () => {
  for (const type of recordTypes) {
    it(`spells a ${type} as zod and canonicalJson do, and nothing else`, () => {
      fc.assert(
        fc.property(valid.definition(type), places, (value, damages) => {
          const damaged = structuredClone(value);
          for (const place of damages as Place[]) damage(damaged, place);
          assertSpelled(writer.leaf(damaged), Leaf, damaged);
        }),
        { numRuns: 8 },
      );
    });
  }

  it('spells sealed fields as zod and canonicalJson do, and nothing else', () => {
    fc.assert(
      fc.property(valid.definition('SealedFields'), places, (value, damages) => {
        const damaged = structuredClone(value);
        for (const place of damages as Place[]) damage(damaged, place);
        const spelled = (() => {
          try {
            return writer.sealedFields(damaged as SealedFields);
          } catch {
            return undefined;
          }
        })();
        assertSpelled(spelled, SealedFields, damaged);
      }),
      { numRuns: 200 },
    );
  });

  it('spells a value once that is committed to and sealed, and anew when it is sealed again', () => {
    const input = { b: 1, a: 'x' };
    const text = writer.json(input);
    assert.equal(text, '{"a":"x","b":1}');
    assert.equal(writer.sealedFields({ input }), `{"input":${text}}`);
    input.b = 2;
    assert.equal(writer.sealedFields({ input }), '{"input":{"a":"x","b":2}}');
  });
});

describe('SchemaWriters', () => {
  it('refuses a word that it makes nothing of', () => {
    for (const schema of [{ type: 'string', not: {} }, { type: 'number' }, { type: 'object', properties: {} }, {}]) {
      assert.throws(() => new SchemaWriters({ a: schema }, {}).of('a'), TypeError);
    }
  });
});
