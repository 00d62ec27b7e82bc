// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequest, serializeTarget } from '@countersign/kube';
import type { Approved } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { negotiate } from './negotiate.ts';

const WIDGETS = '/apis/shop.example.com/v1/namespaces/demo/widgets';
const PODS = '/api/v1/namespaces/demo/pods';
const SERVICES = '/api/v1/namespaces/demo/services';
const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1,application/json';

function negotiated(target: string, { accept = TABLE, reveal = false, method = 'GET' } = {}) {
  const exchange = {
    lane: 'read',
    request: parseRequest(method, target),
    headers: { accept },
    made: { decision: { effect: 'allow', reveal } },
  } as unknown as Approved;
  return negotiate(exchange);
}

function sent(target: string, given?: Parameters<typeof negotiated>[1]): string {
  const result = negotiated(target, given);
  if (result instanceof Fault) throw result;
  return serializeTarget(result.request);
}

test('a masked Table of what holds values is asked for with its objects, whatever was asked for', () => {
  assert.equal(sent(WIDGETS), `${WIDGETS}?includeObject=Object`);
  assert.equal(sent(`${WIDGETS}?includeObject=None&limit=2`), `${WIDGETS}?limit=2&includeObject=Object`);
  assert.equal(sent(WIDGETS, { accept: 'application/json' }), WIDGETS);
  assert.equal(sent(`${WIDGETS}?includeObject=None`, { reveal: true }), `${WIDGETS}?includeObject=None`);
  assert.equal(sent(SERVICES), SERVICES);
  assert.equal(sent(PODS), `${PODS}?includeObject=Object`);
});

test('the caller of a Table that the API server itself serves gets what it asked for in its rows', () => {
  const rowsAs = (target: string, accept = TABLE) => {
    const result = negotiated(target, { accept });
    assert.ok(!(result instanceof Fault));
    return result.rowsAs;
  };
  for (const target of [PODS, `${PODS}?includeObject=Metadata`, `${PODS}?watch=1`, '/api/v1/secrets'])
    assert.equal(rowsAs(target), 'meta.k8s.io/v1');
  assert.equal(rowsAs(PODS, TABLE.replace('v=v1', 'v=v1beta1')), 'meta.k8s.io/v1beta1');
  assert.equal(rowsAs(PODS, `application/json,${TABLE}`), undefined);
  for (const target of [`${PODS}?includeObject=Object`, SERVICES, WIDGETS]) assert.equal(rowsAs(target), undefined);
});

test('metadata of what holds values are asked for with their whole objects', () => {
  const partial = (as: string, version = 'v1') => `application/json;as=${as};g=meta.k8s.io;v=${version}`;
  const asked = (target: string, accept: string, reveal = false) => {
    const result = negotiated(target, { accept, reveal });
    assert.ok(!(result instanceof Fault));
    return [result.accept, result.metadataAs];
  };
  const [one, list] = [partial('PartialObjectMetadata'), partial('PartialObjectMetadataList')];
  for (const all of ['/api/v1/namespaces/demo/secrets', '/api/v1/namespaces/demo/configmaps', PODS, WIDGETS]) {
    assert.deepEqual(asked(`${all}/a`, `${one},application/json`), ['application/json', 'meta.k8s.io/v1']);
    assert.deepEqual(asked(all, list), ['application/json', 'meta.k8s.io/v1']);
    assert.deepEqual(asked(all, partial('PartialObjectMetadataList', 'v1beta1')), [
      'application/json',
      'meta.k8s.io/v1beta1',
    ]);
    assert.deepEqual(asked(`${all}?watch=1`, `${one};stream=watch`), ['application/json', 'meta.k8s.io/v1']);
    assert.deepEqual(asked(`${all}?watch=1`, one.replace('json', 'vnd.kubernetes.protobuf')), [
      'application/json',
      'meta.k8s.io/v1',
    ]);
    // By quality, not by order; and what comes second is not what comes.
    assert.deepEqual(asked(`${all}/a`, `application/json;q=0.5,${one}`), ['application/json', 'meta.k8s.io/v1']);
    assert.deepEqual(asked(`${all}/a`, `application/json,${one}`), ['application/json', undefined]);
    assert.deepEqual(asked(`${all}/a`, `application/json;as=Table;g=meta.k8s.io;v=v1,${one}`), [
      'application/json;as=Table;g=meta.k8s.io;v=v1,application/json',
      undefined,
    ]);
    // What the API server refuses it is still asked for.
    for (const [target, accept] of [
      [all, one],
      [`${all}/a`, list],
      [`${all}/a`, partial('PartialObjectMetadata', 'v2')],
    ] as const) {
      assert.deepEqual(asked(target, accept), [accept, undefined]);
    }
    assert.deepEqual(asked(`${all}/a`, one, true), [one, undefined]);
    assert.equal(sent(`${all}?includeObject=None`), `${all}?includeObject=Object`);
  }
  assert.deepEqual(asked(`${SERVICES}/a`, one), [one, undefined]);
});

test('nothing is selected by what is masked', () => {
  const by = (field: string) => `${WIDGETS}?fieldSelector=${encodeURIComponent(`metadata.name!=a,${field}=b`)}`;
  for (const field of ['spec.adminPassword', 'status.apiToken', 'spec.login.password', 'spec.tokens', 'spec.value']) {
    for (const method of ['GET', 'DELETE']) {
      const result = negotiated(by(field), { method });
      assert.ok(result instanceof Fault);
      assert.deepEqual([result.code, result.detail], ['ERR_MASKED_VALUE_SELECTED', field]);
    }
    assert.equal(sent(by(field), { accept: 'application/json', reveal: true }), by(field));
  }
  for (const field of ['spec.size', 'metadata.namespace', 'spec.secretName']) assert.ok(sent(by(field)));
  assert.ok(sent(`${PODS}?fieldSelector=spec.nodeName%3Da%2Cstatus.phase%21%3DRunning`));
});
