// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Method, parseRequest } from '@countersign/kube';
import type { Gathered } from '../exchange.ts';
import { askedAction } from './asked-action.ts';

const DEMO = '/api/v1/namespaces/demo';

function action(
  target: { readonly name?: string; readonly generateName?: string } | undefined,
  dryRun = false,
): string {
  const body = target && ({ target: { name: '', generateName: '', ...target } } as Gathered['body']);
  return askedAction({ request: parseRequest('POST', `${DEMO}/configmaps`), body, dryRun });
}

test('what is made has the name that its body gives it, or the beginning of one that it is to get', () => {
  assert.equal(action({ name: 'notes' }), 'create configmaps notes in namespace demo');
  assert.equal(action({ generateName: 'notes-' }), 'create configmaps notes-* in namespace demo');
  assert.equal(action({}), 'create configmaps in namespace demo');
  assert.equal(action(undefined), 'create configmaps in namespace demo');
});

test('what a subresource does is said, not how it is asked', () => {
  const asked = (method: Method, target: string) =>
    askedAction({ request: parseRequest(method, target), body: undefined, dryRun: false });
  const scale = '/apis/apps/v1/namespaces/demo/deployments/web/scale';
  assert.equal(asked('POST', `${DEMO}/pods/web/eviction`), 'evict pods web in namespace demo');
  assert.equal(asked('PATCH', scale), 'scale deployments.apps web in namespace demo');
  assert.equal(asked('GET', scale), 'get deployments.apps/scale web in namespace demo');
  assert.equal(asked('PATCH', `${DEMO}/pods/web/status`), 'patch pods/status web in namespace demo');
});

test('a dry run is said to be one', () => {
  assert.equal(action({ name: 'notes' }, true), 'dry run of create configmaps notes in namespace demo');
});

test('a name is words of somebody else: no control characters, and no more than can be read', () => {
  const shown = action({ name: 'a\u202eb\u001b[2J' });
  assert.deepEqual([shown.includes('\u202e'), shown.includes('\u001b')], [false, false]);
  assert.ok(action({ name: 'n'.repeat(10_000) }).length <= 1_025);
});
