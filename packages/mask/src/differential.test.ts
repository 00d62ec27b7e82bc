// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { it } from 'node:test';
import fc from 'fast-check';
import { referenceToken } from './fixtures/reference-token.ts';
import { maskPieces, planFor } from './fixtures/run-masker.ts';
import type { MaskerOptions } from './masker.ts';

type Json = Record<string, unknown>;

const options: MaskerOptions = {
  hmac: (message) => createHmac('sha256', 'test key').update(message).digest(),
  cluster: 'lab',
};

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const base64 = (text: string) => Buffer.from(text).toString('base64');

const token = (object: Json, as: string, spelling: 'base64' | 'raw', value: string) =>
  referenceToken(options.hmac, '/secrets', object.metadata as Json | undefined, { as, spelling, value });

function maskedData(object: Json, value: unknown): string {
  if (value === null) return base64(token(object, 'secret', 'base64', ''));
  if (typeof value !== 'string') return base64(token(object, 'secret', 'raw', JSON.stringify(value)));
  const plain = value.replace(/[\r\n]/g, '');
  const isCanonical = Buffer.from(plain, 'base64').toString('base64') === plain;
  return base64(token(object, 'secret', isCanonical ? 'base64' : 'raw', plain));
}

function maskedText(object: Json, value: unknown): string {
  if (value === null) return token(object, 'secret', 'base64', '');
  if (typeof value !== 'string') return token(object, 'secret', 'raw', JSON.stringify(value));
  return token(object, 'secret', 'base64', base64(value));
}

const mapValues = (members: Json, each: (value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(members).map(([key, value]) => [key, each(value)]));

/** The masker's rules as a walk over what JSON.parse gives; `within` is the live object around a manifest. */
function reference(object: Json, within = object): Json {
  const output = structuredClone(object);
  if (object.items !== undefined) output.items = (object.items as Json[]).map((item) => reference(item));
  if (object.data !== undefined) output.data = mapValues(object.data as Json, (value) => maskedData(within, value));
  if (object.stringData !== undefined) {
    output.stringData = mapValues(object.stringData as Json, (value) => maskedText(within, value));
  }
  if (object.surprise !== undefined) {
    const isString = typeof object.surprise === 'string';
    const value = isString ? base64(object.surprise as string) : JSON.stringify(object.surprise);
    output.surprise = token(within, 'field', isString ? 'base64' : 'raw', value);
  }
  const annotations = (output.metadata as { annotations?: Record<string, string> } | undefined)?.annotations;
  const applied = annotations?.[LAST_APPLIED];
  if (annotations !== undefined && applied !== undefined) {
    annotations[LAST_APPLIED] = JSON.stringify(reference(JSON.parse(applied), within));
  }
  return output;
}

function mask(input: unknown, verb: 'get' | 'watch'): string {
  return maskPieces(planFor(verb), [Buffer.from(JSON.stringify(input))], options);
}

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
  .filter((text) => text.isWellFormed() && text !== '__proto__');
const wellFormed = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => text.isWellFormed());
const value = fc.oneof(wellFormed.map(base64), wellFormed, fc.jsonValue({ maxDepth: 2 }));
const dataMembers = {
  data: fc.dictionary(name, value),
  stringData: fc.dictionary(name, fc.oneof(wellFormed, fc.jsonValue({ maxDepth: 1 }))),
};
const manifests = fc
  .record({ ...dataMembers, kind: fc.constant('Secret') }, { requiredKeys: [] })
  .map((json) => JSON.stringify(json));
const secrets = fc.record(
  {
    ...dataMembers,
    kind: fc.constant('Secret'),
    type: wellFormed,
    immutable: fc.boolean(),
    surprise: fc.jsonValue({ maxDepth: 2 }).filter((json) => json !== null),
    metadata: fc.record(
      {
        name,
        uid: name,
        namespace: name,
        labels: fc.dictionary(name, wellFormed),
        annotations: fc.record({ [LAST_APPLIED]: manifests, a: fc.constant('short') }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);
const parsed = (text: unknown) => JSON.parse(JSON.stringify(text)) as Json;

it('masks as a walk over JSON.parse does: objects', () => {
  fc.assert(
    fc.property(secrets, (object) => assert.deepEqual(JSON.parse(mask(object, 'get')), reference(parsed(object)))),
    { numRuns: 1500 },
  );
});

it('masks as a walk over JSON.parse does: lists', () => {
  const lists = fc.record({ kind: fc.constant('SecretList'), items: fc.array(secrets, { maxLength: 4 }) });
  fc.assert(
    fc.property(lists, (list) => assert.deepEqual(JSON.parse(mask(list, 'get')), reference(parsed(list)))),
    { numRuns: 300 },
  );
});

it('masks as a walk over JSON.parse does: watch events', () => {
  fc.assert(
    fc.property(secrets, (object) => {
      const expected = { type: 'ADDED', object: reference(parsed(object)) };
      assert.deepEqual(JSON.parse(mask({ type: 'ADDED', object }, 'watch')), expected);
    }),
    { numRuns: 300 },
  );
});
