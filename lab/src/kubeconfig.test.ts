// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderKubeconfig } from './kubeconfig.ts';

const common = { name: 'lab', server: 'https://127.0.0.1:6443', caFile: '/l/ca.crt' };

test('a kubeconfig names files, never the credential itself', () => {
  const token = JSON.parse(renderKubeconfig({ ...common, credential: { tokenFile: '/l/token' }, namespace: 'demo' }));
  assert.deepEqual(token.users, [{ name: 'lab', user: { tokenFile: '/l/token' } }]);
  assert.equal(token.contexts[0].context.namespace, 'demo');
  const credential = { clientCertificate: '/l/a.crt', clientKey: '/l/a.key' };
  const certificate = JSON.parse(renderKubeconfig({ ...common, credential }));
  assert.deepEqual(certificate.users[0].user, { 'client-certificate': '/l/a.crt', 'client-key': '/l/a.key' });
  assert.equal(certificate['current-context'], 'lab');
  assert.equal('namespace' in certificate.contexts[0].context, false);
});
