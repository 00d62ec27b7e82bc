// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Verb } from '@countersign/kube';
import { maskPieces, planFor } from './fixtures/run-masker.ts';
import { createMasker } from './masker.ts';

const VALUE = 'Qd7wXk2mVb9rTz4p';
const WIDGETS = 'shop.example.com/widgets';
const CLAIMS = 'resource.k8s.io/resourceclaims';

const options = { hmac: (message: Uint8Array) => createHmac('sha256', 'a key').update(message).digest(), cluster: 'c' };

function nested(levels: number, leaf: unknown): unknown {
  let value = leaf;
  for (let level = 0; level < levels; level++) value = level % 3 === 2 ? [value] : { a: value };
  return value;
}

/** An object as deep as anybody could store, and what says who owns its fields. */
function deepObject(levels: number) {
  const spec = nested(levels, { password: VALUE, size: 3 });
  let owned = {};
  for (let level = 0; level < levels; level++) owned = { 'f:a': owned };
  const managedFields = [{ manager: 'x', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': owned } }];
  return { metadata: { name: 'main', uid: 'u', managedFields }, spec, status: { phase: 'Ready' } };
}

/** What becomes of an object in a form of the API server: of the one in the middle, where there are more. */
const FORMS: readonly (readonly [
  name: string,
  verb: Verb,
  form: (object: object) => object,
  of: (answer: never) => object,
])[] = [
  ['object', 'get', (object) => object, (answer: object) => answer],
  [
    'list',
    'list',
    (object) => ({ kind: 'List', items: [{ metadata: {} }, object, { metadata: {} }] }),
    ({ items }: { items: object[] }) => items[1] as object,
  ],
  ['event', 'watch', (object) => ({ type: 'ADDED', object }), ({ object }: { object: object }) => object],
  [
    'Table',
    'list',
    (object) => ({ kind: 'Table', columnDefinitions: [{ name: 'Name' }], rows: [{ cells: ['main'], object }] }),
    ({ rows }: { rows: { object: object }[] }) => rows[0]?.object as object,
  ],
];

describe('an object that is nested deeper than rules are followed', () => {
  for (const resource of [WIDGETS, CLAIMS, '/secrets']) {
    for (const [name, verb, form, of] of FORMS) {
      it(`is masked below, and cuts nothing: ${name} of ${resource}`, () => {
        for (const levels of [90, 115, 123, 124, 125, 126, 127, 128, 130, 250, 5_000]) {
          const object = deepObject(levels);
          const text = maskPieces(planFor(verb, resource), [Buffer.from(JSON.stringify(form(object)))], options);
          const shown = of(JSON.parse(text) as never) as ReturnType<typeof deepObject>;
          assert.ok(resource === CLAIMS || !text.includes(VALUE), `${levels}`);
          assert.equal(shown.metadata.name, 'main');
          assert.ok(levels <= 130 || (!text.includes(VALUE) && text.includes('"masked-v1-field-')), `${levels}`);
        }
      });
    }
  }

  it('is one of more levels than anybody needs', () => {
    const text = maskPieces(planFor('get', WIDGETS), [Buffer.from(JSON.stringify(deepObject(90)))], options);
    assert.deepEqual(JSON.parse(text.replace(/masked-v1-password-[a-z0-9]+/, VALUE)), deepObject(90));
  });

  it('is the same in pieces, and in JSON in its strings', () => {
    const copy = JSON.stringify(deepObject(200));
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': copy };
    const body = Buffer.from(JSON.stringify({ ...deepObject(200), metadata: { name: 'main', annotations } }));
    const whole = maskPieces(planFor('get', WIDGETS), [body], options);
    assert.ok(!whole.includes(VALUE));
    const applied = JSON.parse(whole).metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'];
    assert.deepEqual(JSON.parse(applied).spec, JSON.parse(whole).spec);
    const pieces = Array.from({ length: body.length }, (_, at) => body.subarray(at, at + 1));
    assert.equal(maskPieces(planFor('get', WIDGETS), pieces, options), whole);
  });

  it('goes on in the form of its metadata alone', () => {
    const body = Buffer.from(JSON.stringify({ kind: 'WidgetList', metadata: {}, items: [deepObject(300)] }));
    const metadataAs = 'meta.k8s.io/v1';
    const { items } = JSON.parse(maskPieces(planFor('list', WIDGETS), [body], { ...options, metadataAs }));
    assert.deepEqual(items[0].metadata, deepObject(300).metadata);
  });

  it('takes time in proportion to its length', () => {
    const wide = Array.from({ length: 3_000 }, () => nested(140, VALUE));
    const masker = createMasker(planFor('get', WIDGETS), options);
    let longestMs = 0;
    let began = process.threadCpuUsage();
    for (const _ of masker.writeInTurns(Buffer.from(JSON.stringify({ spec: wide })))) {
      const { user, system } = process.threadCpuUsage(began);
      longestMs = Math.max(longestMs, (user + system) / 1_000);
      began = process.threadCpuUsage();
    }
    masker.end();
    assert.equal(masker.counts()['nested-too-deep'], 3_000);
    assert.ok(longestMs < 500, `${longestMs} ms`);
  });
});
