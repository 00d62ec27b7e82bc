// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createAuthority } from './pki.ts';

test('an issued certificate names its subject and verifies with its authority alone', async () => {
  const [authority, other] = await Promise.all([createAuthority('one'), createAuthority('two')]);
  const pair = await authority.issue({
    commonName: 'system:node:n',
    organizations: ['system:nodes'],
    addresses: ['127.0.0.1'],
    dnsNames: ['localhost'],
  });
  const certificate = new X509Certificate(pair.certificate);
  const root = new X509Certificate(authority.certificate);
  assert.equal(certificate.subject, 'O=system:nodes\nCN=system:node:n');
  assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
  assert.equal(certificate.checkHost('localhost'), 'localhost');
  assert.equal(certificate.ca, false);
  assert.equal(root.ca, true);
  assert.ok(certificate.checkIssued(root) && certificate.verify(root.publicKey));
  assert.ok(!certificate.verify(new X509Certificate(other.certificate).publicKey));
  assert.ok(certificate.checkPrivateKey(createPrivateKey(pair.key)));
});

test('serial numbers differ', async () => {
  const authority = await createAuthority('one');
  const pairs = await Promise.all([authority.issue({ commonName: 'a' }), authority.issue({ commonName: 'a' })]);
  const serials = pairs.map(({ certificate }) => new X509Certificate(certificate).serialNumber);
  assert.notEqual(serials[0], serials[1]);
});
