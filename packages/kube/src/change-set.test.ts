// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatChangePath, valueAtPath } from './change-path.ts';
import { canonicalChanges, changesBetween, type FieldChange } from './change-set.ts';
import { isJsonArray, isJsonObject, type JsonValue, serializeJson } from './json.ts';
import { parseJson } from './parse-json.ts';

function json(value: unknown): JsonValue {
  return parseJson(new TextEncoder().encode(JSON.stringify(value)));
}

function optionalJson(text: string): JsonValue | undefined {
  return text === '' ? undefined : parseJson(new TextEncoder().encode(text));
}

function lineOf({ path, before, after }: FieldChange, was: JsonValue | undefined, is: JsonValue | undefined): string {
  const side = after === undefined ? 'before' : 'after';
  const text = (value: JsonValue | undefined) => (value === undefined ? '(none)' : serializeJson(value));
  return `${formatChangePath(path, side === 'before' ? was : is, side)}: ${text(before)} -> ${text(after)}`;
}

const cases = readFileSync(new URL('../../../conformance/changes/changes.txt', import.meta.url), 'utf8')
  .split(/^=== /m)
  .slice(1);

for (const section of cases) {
  const [title = '', ...rest] = section.split('\n');
  const [given = '', expected = ''] = rest.join('\n').split('\n---\n');
  test(`changes: ${title}`, () => {
    const [before, after] = given.replaceAll('(none)', '').split('\n').map(optionalJson);
    const lines = changesBetween(before, after, { withStatus: title.includes('(status)') });
    assert.deepEqual(
      lines.map((change) => lineOf(change, before, after)),
      expected.trim() === '' ? [] : expected.trim().split('\n'),
    );
  });
}

/** Few names and values, so that objects often agree in part; the names include merge keys and what is left out. */
const names = fc.constantFrom('name', 'type', 'spec', 'a', 'b', '__proto__');
const scalars = fc.constantFrom(null, true, 0, 1, '', 'x', 'y');
const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, scalars, tie('list'), tie('items'), tie('object')),
  items: fc.uniqueArray(fc.record({ name: fc.constantFrom('x', 'y', 'z'), a: scalars }), {
    selector: ({ name }) => name,
  }),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc
    .array(fc.tuple(names, tie('value')), { maxLength: 4 })
    .map((members) => Object.fromEntries(members) as unknown),
}));
const documents = fc.option(values.map(json), { nil: undefined });

function shuffled(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(shuffled);
  if (!isJsonObject(value)) return value;
  return new Map([...value].reverse().map(([name, member]) => [name, shuffled(member)]));
}

function backwards(value: JsonValue | undefined): JsonValue | undefined {
  if (isJsonArray(value)) return value.map((item) => backwards(item) ?? null).reverse();
  if (!isJsonObject(value)) return value;
  return new Map([...value].map(([name, member]) => [name, backwards(member) ?? null]));
}

const textOf = (before: JsonValue | undefined, after: JsonValue | undefined) =>
  new TextDecoder().decode(canonicalChanges(changesBetween(before, after)));

/** Told apart by what is left of a document without order of members: nothing in these is left out. */
const spelled = (value: JsonValue | undefined) => (value === undefined ? '' : textOf(undefined, [[value]]));

test('two different objects never have the same changes from a third, and equal ones always do', () => {
  fc.assert(
    fc.property(documents, documents, documents, (before, one, other) => {
      for (const second of [other, backwards(one)]) {
        assert.equal(textOf(before, one) === textOf(before, second), spelled(one) === spelled(second));
      }
    }),
    { numRuns: 5_000 },
  );
});

test('the order of members changes nothing', () => {
  fc.assert(
    fc.property(documents, documents, (before, after) => {
      const [was, is] = [before, after].map((value) => (value === undefined ? undefined : shuffled(value)));
      assert.equal(textOf(was, is), textOf(before, after));
    }),
    { numRuns: 2_000 },
  );
});

test('each change says what stands at its path on both sides', () => {
  fc.assert(
    fc.property(documents, documents, (before, after) => {
      for (const change of changesBetween(before, after)) {
        if (change.path.some((step) => typeof step === 'number')) continue;
        assert.deepEqual(valueAtPath(before, change.path, 'before'), change.before);
        assert.deepEqual(valueAtPath(after, change.path, 'after'), change.after);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('what could only be told in far more bytes than it has is refused', () => {
  const name = 'n'.repeat(300_000);
  const items = [{ name, ...Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`m${index}`, 1])) }];
  assert.throws(() => changesBetween(undefined, json({ items })), { code: 'ERR_KUBE_CHANGES_TOO_MANY' });
});
