// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withClusterFlags } from './clusters-change.ts';

const entry = {
  name: 'east',
  source: 'api',
  state: 'disabled',
  description: 'the east',
  expiresAt: '2027-01-01T00:00:00Z',
};

test('what the command line does not name of a cluster stays as it is; its connectors are not sent back', () => {
  assert.deepEqual(withClusterFlags({ ...entry, connectors: [] }, {}), entry);
  assert.deepEqual(withClusterFlags(entry, { description: '' }), { ...entry, description: '' });
});

test('the end of a cluster can be set, moved and taken away', () => {
  const { expiresAt: _, ...endless } = entry;
  assert.deepEqual(withClusterFlags(entry, { expires: 'never' }), endless);
  const later = '2028-01-01T00:00:00Z';
  assert.deepEqual(withClusterFlags(endless, { expires: later }), { ...endless, expiresAt: later });
});
