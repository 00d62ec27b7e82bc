// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseJson } from '@countersign/kube';
import { planFor } from '../fixtures/run-masker.ts';
import { atOnce } from '../turns.ts';
import { hasCovered, type Read, uncovers } from './uncovers.ts';

const plan = planFor('patch', 'shop.example.com/widgets');

function read(spec: object, metadata: object = {}): Read {
  const bytes = Buffer.from(JSON.stringify({ metadata: { name: 'main', ...metadata }, spec }));
  return { bytes, value: parseJson(bytes) };
}

function shows(before: object, after: object, sent: unknown = null): boolean {
  const patch = parseJson(Buffer.from(JSON.stringify(sent)));
  const rewriting = { before: read(before, { generation: 3 }), after: read(after, { generation: 4 }), sent: patch };
  return atOnce(uncovers(rewriting, plan));
}

const holds = (document: Uint8Array) => atOnce(hasCovered(document, plan));

describe('uncovers', () => {
  it('finds a value whose name was changed or taken away', () => {
    for (const value of ['hunter2', 'Xk93kfj2-value', '4']) {
      const before = { params: [{ name: 'db-password', value }], size: 3 };
      assert.equal(shows(before, { params: [{ name: 'note', value }], size: 3 }), true);
      assert.equal(shows(before, { params: [{ value }], size: 3 }), true);
      assert.equal(
        shows({ auth: { key: 'password', default: value } }, { auth: { key: 'note', default: value } }),
        true,
      );
      assert.equal(shows({ args: ['--token', value] }, { args: ['--token', 'x', value] }, ['x']), true);
      assert.equal(shows({ args: ['--token', value] }, { args: [value] }), true);
    }
    assert.equal(shows({ pin: { name: 'password', value: 483920 } }, { pin: { name: 'note', value: 483920 } }), true);
  });

  it('finds nothing where every value is masked as before, is gone, or is what was sent', () => {
    const before = { params: [{ name: 'db-password', value: 'hunter2' }], args: ['--token', '4'], size: 3 };
    for (const after of [
      { ...before, size: 4 },
      { ...before, params: [{ name: 'admin-password', value: 'hunter2' }] },
      { ...before, params: [{ name: 'note', value: 'x' }] },
      { ...before, params: [] },
      { ...before, args: ['--verbose', '--token', '4'] },
      { size: 3 },
    ]) {
      assert.equal(shows(before, after, [4]), false, JSON.stringify(after));
    }
    assert.equal(shows({ note: 'hunter2', ...before }, { ...before, note: 'hunter2' }), false);
  });

  it('does not say whether a guess that was sent along is right', () => {
    const before = { params: [{ name: 'db-password', value: 'hunter2' }] };
    for (const guess of ['hunter2', 'wrong']) {
      assert.equal(shows(before, { ...before, note: guess }, { note: guess }), false);
      const renamed = { params: [{ name: 'note', value: 'hunter2' }], note: guess };
      assert.equal(shows(before, renamed, { note: guess, name: 'note' }), true);
    }
  });
});

describe('the manifest of a Secret within an object', () => {
  const holding = (kind: string) => ({
    manifests: [{ kind, data: { color: 'WGs5M2tmajItdmFsdWU=' }, stringData: { shade: 'hunter2-and-more' } }],
  });

  it('uncovers nothing when it is taken away, and its values when it is of another kind', () => {
    assert.equal(shows(holding('Secret'), {}), false);
    assert.equal(shows(holding('Secret'), holding('Secret')), false);
    assert.equal(shows(holding('Secret'), holding('Template')), true);
  });
});

it('managed fields that repeat a value and go with it uncover nothing', () => {
  const managing = (values: readonly string[]) => {
    const tokens = Object.fromEntries(values.map((value) => [`v:${JSON.stringify(value)}`, {}]));
    return read({ tokens: values }, { managedFields: [{ fieldsV1: { 'f:spec': { 'f:tokens': tokens } } }] });
  };
  const rewriting = { before: managing(['Xk93kfj2-value']), after: managing([]), sent: parseJson(Buffer.from('null')) };
  assert.equal(atOnce(uncovers(rewriting, plan)), false);
});

/** Deeper than the masker reads. */
const deep = (inner: object) => Array.from({ length: 140 }).reduce<object>((value) => ({ a: value }), inner);

describe('an object that is nested deeper than rules are followed', () => {
  it('is looked at as any other, and whatever changes deeper counts as showing it', () => {
    const before = { env: { name: 'password', value: 'hunter2' }, x: deep({}) };
    assert.equal(holds(read(before).bytes), true);
    assert.equal(shows(before, { ...before, env: { name: 'x', value: 'hunter2' } }), true);
    assert.equal(shows(before, { ...before, size: 3 }), false);
    const pair = (name: string) => ({ x: deep({ name, value: 'hunter2' }) });
    assert.equal(shows(pair('password'), pair('note')), true);
    assert.equal(shows(pair('password'), { note: 'hunter2' }), true);
  });

  it('counts as holding what must stay covered where it can not be read', () => {
    const levels = 20_000;
    assert.equal(holds(Buffer.from(`{"spec":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`)), true);
  });
});

describe('hasCovered', () => {
  it('says whether values are masked by what stands beside them', () => {
    assert.equal(holds(read({ params: [{ name: 'db-password', value: 'x1' }] }).bytes), true);
    assert.equal(holds(read({ args: ['--token', 'x1'] }).bytes), true);
    assert.equal(holds(read({ adminPassword: 'x1', params: [{ name: 'size', value: 'x1' }] }).bytes), false);
  });
});
