// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { negotiateAccept } from './accept.ts';

const jsonOnly = { jsonOnly: true, lane: 'read' } as const;

const rewrites: [string | undefined, string][] = [
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['application/vnd.kubernetes.protobuf,application/json', 'application/json'],
  ['application/vnd.kubernetes.protobuf;stream=watch, */*', 'application/json;stream=watch,application/json'],
  [
    'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
    'application/json;as=Table;g=meta.k8s.io;v=v1,application/json;as=Table;g=meta.k8s.io;v=v1beta1,application/json',
  ],
  [
    'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
    'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
  ],
  ['text/html, application/yaml;q=0.9, application/json;as=Table;q=1', 'application/json;as=Table,application/json'],
  ['application/json;pretty=1;sv=v2;export=1', 'application/json'],
  ['application/json;as="x\r\ny",application/cbor', 'application/json'],
];

for (const [accept, expected] of rewrites) {
  test(`${JSON.stringify(accept)} goes upstream as ${expected}`, () => {
    assert.equal(negotiateAccept(accept, jsonOnly), expected);
  });
}

for (const accept of ['text/plain', 'Application/json', 'application/json;q=0', ',', 'application/json;as=a b']) {
  test(`${accept} is refused`, () => {
    assert.throws(() => negotiateAccept(accept, jsonOnly), { code: 'ERR_KUBE_NOT_ACCEPTABLE' });
  });
}

test('discovery and answers that the gateway does not read keep the Accept of the caller', () => {
  const proto = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
  assert.equal(negotiateAccept(proto, { jsonOnly: true, lane: 'discovery' }), proto);
  assert.equal(negotiateAccept(proto, { jsonOnly: false, lane: 'read' }), proto);
  assert.equal(negotiateAccept(undefined, { jsonOnly: false, lane: 'read' }), undefined);
});
