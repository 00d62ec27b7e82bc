// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Verb } from '@countersign/kube';
import fc from 'fast-check';
import { leakIn } from './fixtures/canary-oracle.ts';
import { cut, maskPieces, planFor } from './fixtures/run-masker.ts';
import { CANARIES, CORPUS, secret, sortKeys, table } from './fixtures/secret-corpus.ts';
import { createMasker, type MaskerOptions } from './masker.ts';
import type { MaskingPlan } from './rules/plan.ts';

const options: MaskerOptions = {
  hmac: (message) => createHmac('sha256', 'test key').update(message).digest(),
  cluster: 'lab',
  nonce: new Uint8Array(16).fill(7),
};

const planOf = (shape: MaskingPlan['shape']) => planFor(shape === 'watch' ? 'watch' : 'get');

const mask = (plan: MaskingPlan, pieces: readonly Uint8Array[], from = options) => maskPieces(plan, pieces, from);

function maskObject(value: unknown, plan = planFor('get')) {
  return JSON.parse(mask(plan, [Buffer.from(JSON.stringify(value))]));
}

describe('createMasker', () => {
  for (const { name, shape, body } of CORPUS) {
    const bytes = Buffer.from(body);
    const whole = mask(planOf(shape), [bytes]);

    it(`lets no canary out: ${name}`, () => {
      assert.ok(name === 'empty list' || leakIn(body) !== undefined);
      assert.equal(leakIn(whole), undefined);
    });

    it(`gives the same for two-way splits (all of them up to 500 bytes, else 500): ${name}`, () => {
      const step = Math.ceil(bytes.length / 500);
      for (let at = 0; at <= bytes.length; at += step) {
        assert.equal(mask(planOf(shape), cut(bytes, [at])), whole, `at ${at}`);
      }
    });

    it(`gives the same byte by byte and for random splits: ${name}`, () => {
      assert.equal(
        mask(
          planOf(shape),
          Array.from(bytes, (byte) => Uint8Array.of(byte)),
        ),
        whole,
      );
      const offsets = fc.array(fc.nat(bytes.length), { maxLength: 20 });
      fc.assert(
        fc.property(offsets, (at) => assert.equal(mask(planOf(shape), cut(bytes, at)), whole)),
        { numRuns: 40 },
      );
    });

    it(`lets no canary out of an answer to a write: ${name}`, () => {
      assert.equal(leakIn(mask({ ...planOf(shape), isWriteAnswer: true }, [bytes])), undefined);
    });
  }

  it('changes masked strings only', () => {
    const input = secret();
    const output = maskObject(input);
    assert.deepEqual(Object.keys(output.data), Object.keys(input.data as object));
    for (const value of Object.values<string>(output.data)) {
      assert.match(Buffer.from(value, 'base64').toString(), /^masked-v1-secret-[a-z2-7]{26}$/);
      assert.equal(Buffer.from(value, 'base64').toString('base64'), value);
    }
    const annotations = (input.metadata as { annotations: object }).annotations;
    const expected = {
      ...input,
      data: output.data,
      metadata: {
        ...(input.metadata as object),
        annotations: {
          ...output.metadata.annotations,
          'example.org/harmless': (annotations as Record<string, string>)['example.org/harmless'],
        },
        managedFields: output.metadata.managedFields,
      },
    };
    assert.deepEqual(output, expected);
    const owned = output.metadata.managedFields[0].fieldsV1;
    assert.deepEqual(Object.keys(owned['f:data']).slice(0, 2), ['.', 'f:password']);
    assert.match(Object.keys(owned['f:data'])[2] ?? '', /^v:"masked-v1-field-[a-z2-7]{26}"$/);
    assert.deepEqual(Object.keys(owned['f:metadata']['f:ownerReferences']), ['k:{"uid":"1"}']);
  });

  it('writes the same tokens into last-applied as into the live fields, as valid JSON', () => {
    const output = maskObject({ ...secret(), stringData: { text: CANARIES.text } });
    const applied = output.metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'];
    assert.ok(applied.endsWith('}\n'));
    const inner = JSON.parse(applied);
    assert.equal(inner.data.password, output.data.password);
    assert.equal(inner.stringData.text, output.stringData.text);
    assert.equal(inner.metadata.name, 'db');
  });

  it('gives data and stringData of one object the same token for one value', () => {
    const value = 'the same value';
    const output = maskObject({ ...secret(), data: { a: btoa(value) }, stringData: { b: value } });
    assert.equal(Buffer.from(output.data.a, 'base64').toString(), output.stringData.b);
  });

  it('binds tokens to the object, the cluster and the key', () => {
    const token = (value: unknown, from = options) =>
      JSON.parse(mask(planFor('get'), [Buffer.from(JSON.stringify(value))], from)).data.password;
    const base = token(secret());
    assert.equal(token(secret()), base);
    assert.equal(token(sortKeys(secret())), base);
    assert.notEqual(token(secret('other')), base);
    assert.notEqual(token(secret(), { ...options, cluster: 'other' }), base);
    const otherKey = (message: Uint8Array) => createHmac('sha256', 'other').update(message).digest();
    assert.notEqual(token(secret(), { ...options, hmac: otherKey }), base);
  });

  it('gives the same token by get, list and watch', () => {
    const direct = maskObject(secret()).data.password;
    assert.equal(maskObject({ kind: 'SecretList', items: [secret('a'), secret()] }).items[1].data.password, direct);
    assert.equal(maskObject({ type: 'ADDED', object: secret() }, planFor('watch')).object.data.password, direct);
    assert.equal(maskObject(table(secret())).rows[0].object.data.password, direct);
  });

  it('gives random tokens in answers to writes, that say nothing of the value', () => {
    const verbs: Verb[] = ['create', 'update', 'patch', 'delete', 'deletecollection'];
    const read = maskObject(secret()).data;
    for (const verb of verbs) {
      const object = { ...secret(), data: { a: btoa('one value'), b: btoa('one value') } };
      const first = maskObject(object, planFor(verb)).data;
      const other = { ...options, nonce: new Uint8Array(16).fill(8) };
      const second = JSON.parse(mask(planFor(verb), [Buffer.from(JSON.stringify(object))], other)).data;
      assert.notEqual(first.a, first.b);
      assert.notEqual(first.a, second.a);
      assert.notEqual(maskObject(secret(), planFor(verb)).data.password, read.password);
      const guess = maskObject({ ...object, data: { ...object.data, a: btoa('another') } }, planFor(verb)).data;
      assert.equal(guess.a, first.a);
    }
  });

  it('refuses a short nonce and a short HMAC', () => {
    const short = { ...options, nonce: new Uint8Array(8) };
    assert.throws(() => createMasker(planFor('update'), short), { code: 'ERR_MASK_KEY' });
    const weak = { ...options, hmac: () => new Uint8Array(8) };
    assert.throws(() => mask(planFor('get'), [Buffer.from(JSON.stringify(secret()))], weak), { code: 'ERR_MASK_KEY' });
  });

  it('masks cells of columns that it does not know, and values in those it knows', () => {
    const { rows } = maskObject(table(secret()));
    assert.deepEqual(rows[0].cells.slice(0, 4), ['db', 'Opaque', 4, '5d']);
    assert.match(rows[0].cells[4], /^masked-v1-cell-/);
    assert.match(rows[1].cells[1], /^masked-v1-cell-/);
    assert.match(rows[1].cells[4], /^masked-v1-cell-/);
    const { columnDefinitions: _, ...unnamed } = table(secret()) as Record<string, unknown>;
    assert.match(maskObject(unnamed).rows[0].cells[0], /^masked-v1-cell-/);
  });

  it('remembers the columns of a watch after its first event', () => {
    const [first, next] = [table(secret()), { ...table(secret()), columnDefinitions: null }];
    const body = [first, next].map((object) => JSON.stringify({ type: 'ADDED', object })).join('\n');
    const second = JSON.parse(mask(planFor('watch'), [Buffer.from(body)]).split('\n')[1] ?? '');
    assert.deepEqual(second.object.rows[0].cells.slice(0, 4), ['db', 'Opaque', 4, '5d']);
  });

  it('takes the columns of each Table anew, and a column with two names by both', () => {
    const wide = table(secret()) as { columnDefinitions: unknown[] };
    const narrow = { ...wide, columnDefinitions: [{ name: 'Secret' }, { name: 'Type' }] };
    const body = [wide, narrow].map((object) => JSON.stringify({ type: 'ADDED', object })).join('\n');
    const second = JSON.parse(mask(planFor('watch'), [Buffer.from(body)]).split('\n')[1] ?? '');
    assert.match(second.object.rows[0].cells[0], /^masked-v1-cell-/);
    assert.equal(second.object.rows[0].cells[1], 'Opaque');
    assert.match(second.object.rows[0].cells[3], /^masked-v1-cell-/);
    const twice = JSON.stringify(wide).replace('"name":"Name"', '"name":"Hidden","name":"Name"');
    assert.match(JSON.parse(mask(planFor('get'), [Buffer.from(twice)])).rows[0].cells[0], /^masked-v1-cell-/);
  });

  it('reads names that are written with escapes', () => {
    const body = JSON.stringify(secret()).replace('"data"', '"d\\u0061ta"');
    assert.equal(
      JSON.parse(mask(planFor('get'), [Buffer.from(body)])).data.password,
      maskObject(secret()).data.password,
    );
  });

  it('gives two objects of one event different tokens for one value', () => {
    const { rows, ...rest } = table(secret('a')) as { rows: { cells: unknown[] }[] };
    const event = { type: 'ADDED', object: { ...rest, rows: [rows[0], { ...rows[1], object: secret('b') }] } };
    const masked = maskObject(event, planFor('watch')).object.rows;
    assert.equal(masked[0].object.data.password, maskObject(secret('a')).data.password);
    assert.equal(masked[1].object.data.password, maskObject(secret('b')).data.password);
  });

  it('does not take one value for another that stands at its former place in the buffer', () => {
    const [head, tail] = ['{ "data":{"a":"AAAA"},"items":[', '],"data":{"b":"BBBB"}}'];
    const whole = mask(planFor('get'), [Buffer.from(head + tail)]);
    assert.equal(mask(planFor('get'), [Buffer.from(head), Buffer.from(tail)]), whole);
    assert.equal(new Set(whole.match(/bWFz[^"]+/g)).size, 2);
  });

  it('keeps what a read error says, and replaces it after a write or from code 500 on', () => {
    const status = {
      kind: 'Status',
      message: 'secrets "x" not found',
      reason: 'NotFound',
      code: 404,
      details: { name: 'x', kind: 'secrets' },
    };
    assert.deepEqual(maskObject(status), status);
    assert.match(maskObject(status, planFor('patch')).message, /^secrets "x" not found$/);
    assert.match(maskObject({ ...status, code: 500, reason: 'InternalError' }).message, /InternalError/);
  });

  it('masks the same whatever the order of members', () => {
    const members = Object.entries(secret());
    fc.assert(
      fc.property(fc.shuffledSubarray(members, { minLength: members.length }), (entries) => {
        assert.deepEqual(maskObject(Object.fromEntries(entries)), maskObject(secret()));
      }),
      { numRuns: 50 },
    );
  });

  it('masks all annotations of an object with more values than it compares with', () => {
    const withValues = (count: number) => ({
      metadata: { name: 'x', annotations: { note: 'quite harmless' } },
      data: Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, btoa(`value number ${i}`)])),
    });
    assert.equal(maskObject(withValues(1000)).metadata.annotations.note, 'quite harmless');
    assert.match(maskObject(withValues(1001)).metadata.annotations.note, /^masked-v1-annotation-/);
  });

  it('counts by rule', () => {
    const masker = createMasker(planFor('get'), options);
    masker.write(Buffer.from(JSON.stringify(secret())));
    masker.end();
    const expected = {
      'secret-data': 6,
      'secret-string-data': 1,
      annotation: 1,
      'annotation-scan': 2,
      'managed-field-key': 1,
    };
    assert.deepEqual(masker.counts(), expected);
  });

  it('lets a newline after a watch event go at once, and each event when it is complete', () => {
    const masker = createMasker(planFor('watch'), options);
    const event = JSON.stringify({ type: 'ADDED', object: secret() });
    assert.equal(masker.write(Buffer.from(event.slice(0, -1))).length, 0);
    assert.notEqual(masker.write(Buffer.from('}')).length, 0);
    assert.equal(Buffer.from(masker.write(Buffer.from('\n'))).toString(), '\n');
    assert.equal(masker.end().length, 0);
  });
});
