// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAGES, pathOf, routeOf } from './route.ts';

const ID = '01a22800-2f1e-7c3a-9d53-5a1f7c6b2d10';

test('a path leads to its page, and back', () => {
  for (const page of PAGES) assert.deepEqual(routeOf(pathOf(page)), { page });
  assert.deepEqual(routeOf(pathOf('approvals', ID)), { page: 'approvals', id: ID });
  assert.deepEqual(routeOf('/'), { page: 'approvals' });
});

test('any other path leads nowhere', () => {
  for (const path of ['/else', '/approvals/1', `/agents/${ID}`, `/approvals/${ID}/more`, '//evil', '/approvals/..'])
    assert.deepEqual(routeOf(path), { page: 'unknown' }, path);
});
