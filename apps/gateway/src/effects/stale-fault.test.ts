// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Effect } from './effect.ts';
import { staleFault } from './stale-fault.ts';

const approved: Effect = {
  digest: new Uint8Array(32).fill(1),
  object: { uid: 'u', resourceVersion: '1' },
  summary: 'patch deployments.apps web in namespace demo; changes one field',
  changes: [{ path: 'spec.replicas', before: '1', after: '3' }],
  omitted: 0,
};
const other = new Uint8Array(32).fill(2);

function reason(now: Partial<Effect>, before: Effect = approved): string | undefined {
  const fault = staleFault(before, { ...approved, digest: other, ...now });
  assert.deepEqual([fault?.code, fault?.row.status, fault?.row.reason], ['ERR_EFFECT_CHANGED', 409, 'Conflict']);
  return fault?.detail;
}

test('the same change of another version is the same', () => {
  const now = { ...approved, object: { uid: 'u', resourceVersion: '2' } };
  assert.equal(staleFault(approved, now), undefined);
});

test('what changed is said', () => {
  assert.match(reason({ object: { uid: 'v', resourceVersion: '9' } }) ?? '', /deleted and another one made/);
  assert.match(reason({ object: undefined }) ?? '', /no such object any more/);
  assert.match(reason({}, { ...approved, object: undefined }) ?? '', /such an object now/);
  const changes = [{ path: 'spec.replicas', before: '2', after: '3' }];
  assert.match(reason({ changes }) ?? '', /has changed at spec\.replicas$/);
  const many = ['a', 'b', 'c', 'd', 'e'].map((path) => ({ path, before: '1' }));
  assert.match(reason({ changes: [...approved.changes, ...many] }) ?? '', /at a, b, c and 2 more$/);
});

test('of a list it is said what went and what came', () => {
  const listed = (...names: readonly string[]) =>
    names.map((name) => ({ namespace: 'demo', name, uid: `uid of ${name}` }));
  const before = { ...approved, object: undefined, objects: listed('a', 'b', 'c') };
  const twin = { namespace: 'demo', name: 'a', uid: 'another' };
  assert.match(reason({ objects: listed('a', 'b') }, before) ?? '', /others: gone: c$/);
  assert.match(reason({ objects: [twin, ...listed('b', 'c')] }, before) ?? '', /others: gone: a; new: a$/);
  const many = listed('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
  assert.match(reason({ objects: many }, before) ?? '', /others: new: d, e, f and 2 more$/);
});

test('a change that is masked on both sides is one all the same', () => {
  assert.match(reason({ changes: approved.changes }) ?? '', /masked or that the approval does not show/);
});
