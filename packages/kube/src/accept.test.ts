// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPassableAnswer, negotiateAccept } from './accept.ts';
import { laneOf } from './lane.ts';
import { parseRequest } from './parse-request.ts';

const POD = '/api/v1/namespaces/a/pods/b';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const OPENAPI = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

function negotiate(accept: string | undefined, target = POD, jsonOnly = false) {
  const request = parseRequest('GET', target);
  const lane = laneOf(request) ?? assert.fail(`no lane: ${target}`);
  return negotiateAccept(accept, request, { lane, jsonOnly });
}

const rewrites: [accept: string | undefined, jsonAlone: string, asAsked: string][] = [
  [undefined, 'application/json', 'application/json'],
  ['', 'application/json', 'application/json'],
  ['*/*', 'application/json', 'application/json'],
  ['application/*', 'application/json', 'application/json'],
  [PROTOBUF, 'application/json', PROTOBUF],
  [`${PROTOBUF},application/json`, 'application/json', `${PROTOBUF},application/json`],
  [
    `${PROTOBUF};stream=watch, */*`,
    'application/json;stream=watch,application/json',
    `${PROTOBUF};stream=watch,application/json`,
  ],
  [
    'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
    'application/json;as=Table;g=meta.k8s.io;v=v1,application/json;as=Table;g=meta.k8s.io;v=v1beta1,application/json',
    'application/json;as=Table;g=meta.k8s.io;v=v1,application/json;as=Table;g=meta.k8s.io;v=v1beta1,application/json',
  ],
  [
    `${PROTOBUF};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json`,
    'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
    `${PROTOBUF};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json`,
  ],
  ['text/html, application/json;as=Table;q=1', 'application/json;as=Table', 'application/json;as=Table'],
  ['application/json;pretty=1;sv=v2;export=1', 'application/json', 'application/json'],
  ['application/json;as="x\r\ny",application/json', 'application/json', 'application/json'],
  [`application/json;q=0.5,${PROTOBUF}`, 'application/json', `${PROTOBUF},application/json`],
  // As client-go asks that prefers CBOR.
  ['application/json;q=0.9,application/cbor;q=1', 'application/json', 'application/json'],
  ['application/yaml,application/json;q=0.1', 'application/json', 'application/json'],
];

for (const [accept, jsonAlone, asAsked] of rewrites) {
  test(`${JSON.stringify(accept)} goes upstream as ${asAsked}`, () => {
    assert.equal(negotiate(accept), asAsked);
    assert.equal(negotiate(accept, POD, true), jsonAlone);
  });
}

for (const accept of [
  'text/plain',
  'Application/json',
  'application/json;q=0',
  ',',
  'application/json;as=a b',
  'application/yaml',
  'application/cbor',
  'application/cbor-seq;stream=watch,application/yaml',
  OPENAPI,
]) {
  test(`${accept} is refused for an object`, () => {
    for (const jsonOnly of [true, false]) {
      assert.throws(() => negotiate(accept, POD, jsonOnly), { code: 'ERR_KUBE_NOT_ACCEPTABLE' });
    }
  });
}

test('discovery comes as JSON or protobuf, in the form and profile that were asked for', () => {
  const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList;profile=nopeer';
  for (const target of ['/api', '/apis', '/apis/apps/v1', '/version']) {
    assert.equal(negotiate(PROTOBUF, target), PROTOBUF);
    assert.equal(
      negotiate(`${aggregated},application/json`, target),
      'application/json;as=APIGroupDiscoveryList;g=apidiscovery.k8s.io;v=v2;profile=nopeer,application/json',
    );
    assert.throws(() => negotiate('application/yaml', target), { code: 'ERR_KUBE_NOT_ACCEPTABLE' });
  }
});

test('OpenAPI has protobuf types of its own, which some clients read without looking', () => {
  for (const target of ['/openapi/v2', '/openapi/v3', '/openapi/v3/apis/apps/v1']) {
    assert.equal(negotiate(OPENAPI, target), OPENAPI);
    assert.equal(
      negotiate(`${OPENAPI.replace('@', '.')},*/*`, target),
      `${OPENAPI.replace('@', '.')},application/json`,
    );
    assert.throws(() => negotiate(PROTOBUF, target), { code: 'ERR_KUBE_NOT_ACCEPTABLE' });
  }
});

test('of health nothing is asked, as the API server does not look', () => {
  for (const target of ['/livez', '/readyz', '/healthz']) assert.equal(negotiate('text/html', target), undefined);
});

test('errors of logs come as JSON, whatever is taken', () => {
  for (const accept of [undefined, 'text/plain', PROTOBUF, '*/*', 'application/json, */*']) {
    assert.equal(negotiate(accept, `${POD}/log`), 'application/json');
  }
  assert.throws(() => negotiate('text/html', `${POD}/log`), { code: 'ERR_KUBE_NOT_ACCEPTABLE' });
});

test('an answer passes in a form that is ever asked for, and not compressed', () => {
  for (const type of [
    'application/json',
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    `${PROTOBUF};stream=watch`,
    'text/plain; charset=utf-8',
    OPENAPI,
  ]) {
    assert.ok(isPassableAnswer(type, undefined), type);
    assert.ok(isPassableAnswer(type, 'identity'), type);
    assert.ok(!isPassableAnswer(type, 'gzip'), type);
  }
  for (const type of [undefined, '', 'application/yaml', 'application/cbor', 'application/cbor-seq', 'text/html']) {
    assert.equal(isPassableAnswer(type, undefined), false, String(type));
  }
});
