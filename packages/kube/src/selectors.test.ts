// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameFromFieldSelector, parseFieldSelector } from './field-selector.ts';
import { parseLabelSelector } from './label-selector.ts';

test('field selectors: terms, operators and escapes', () => {
  assert.deepEqual(parseFieldSelector('status.phase=Running,,metadata.name!=a\\,b\\=c\\\\,spec.x==1'), [
    { field: 'status.phase', equals: true, value: 'Running' },
    { field: 'metadata.name', equals: false, value: 'a,b=c\\' },
    { field: 'spec.x', equals: true, value: '1' },
  ]);
  assert.deepEqual(parseFieldSelector(''), []);
  assert.deepEqual(parseFieldSelector('a!=b'), [{ field: 'a', equals: false, value: 'b' }]);
  assert.deepEqual(parseFieldSelector('a!b=c'), [{ field: 'a!b', equals: true, value: 'c' }]);
});

for (const selector of ['a', 'a=b=c', 'a===b', 'a=\\x', 'a=b\\', 'a=b,c', 'a!==b']) {
  test(`field selector ${selector} is refused`, () => {
    assert.throws(() => parseFieldSelector(selector), { code: 'ERR_KUBE_SELECTOR' });
  });
}

test('field selectors: the name', () => {
  assert.equal(nameFromFieldSelector('a=b,metadata.name=x,metadata.name=x'), 'x');
  assert.equal(nameFromFieldSelector('metadata.name!=x'), '');
  assert.equal(nameFromFieldSelector('metadata.name=..'), '');
  assert.throws(() => nameFromFieldSelector('metadata.name=x,metadata.name=y'), { code: 'ERR_KUBE_SELECTOR' });
});

test('label selectors: every operator', () => {
  const selector = 'a=b, c == d,e!=f , app.kubernetes.io/name in (x, y,),!g,h, i notin (),j>5,k<3,in=in,empty=';
  assert.deepEqual(parseLabelSelector(selector), [
    { key: 'a', operator: '=', values: ['b'] },
    { key: 'c', operator: '=', values: ['d'] },
    { key: 'e', operator: '!=', values: ['f'] },
    { key: 'app.kubernetes.io/name', operator: 'in', values: ['x', 'y', ''] },
    { key: 'g', operator: '!', values: [] },
    { key: 'h', operator: 'exists', values: [] },
    { key: 'i', operator: 'notin', values: [''] },
    { key: 'j', operator: '>', values: ['5'] },
    { key: 'k', operator: '<', values: ['3'] },
    { key: 'in', operator: '=', values: ['in'] },
    { key: 'empty', operator: '=', values: [''] },
  ]);
  assert.deepEqual(parseLabelSelector('  '), []);
});

for (const selector of [
  'a=b=c',
  'a,',
  ',a',
  'a in b',
  'a in (b',
  'a in (b c)',
  '!a=b',
  'a>x',
  '/a',
  'A/b=c',
  'a=-',
  '(',
]) {
  test(`label selector ${selector} is refused`, () => {
    assert.throws(() => parseLabelSelector(selector), { code: 'ERR_KUBE_SELECTOR' });
  });
}

test('label selectors: limits of keys and values', () => {
  assert.equal(parseLabelSelector(`${'a'.repeat(63)}=${'b'.repeat(63)}`).length, 1);
  assert.throws(() => parseLabelSelector('a'.repeat(64)), { code: 'ERR_KUBE_SELECTOR' });
  assert.throws(() => parseLabelSelector(`a=${'b'.repeat(64)}`), { code: 'ERR_KUBE_SELECTOR' });
});
