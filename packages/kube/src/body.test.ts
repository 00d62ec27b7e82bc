// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBodyTarget } from './body-target.ts';
import { classifyContentType, requireJsonFormat } from './content-type.ts';
import { type DeleteOptions, parseDeleteOptions } from './delete-options.ts';
import { isDryRun } from './dry-run.ts';
import type { JsonValue } from './json.ts';
import { parseJson } from './parse-json.ts';
import { parseRequest } from './parse-request.ts';
import type { Method, ResourceRequest } from './request.ts';

function resource(method: Method, target: string): ResourceRequest {
  const request = parseRequest(method, target);
  assert.ok(request.kind === 'resource');
  return request;
}

function json(value: unknown): JsonValue {
  return parseJson(new TextEncoder().encode(JSON.stringify(value)));
}

const pods = '/api/v1/namespaces/a/pods';

test('content types', () => {
  const cases: [string | undefined, Method, string][] = [
    [undefined, 'POST', 'json'],
    ['', 'DELETE', 'json'],
    [undefined, 'PATCH', 'other'],
    ['APPLICATION/JSON; charset=UTF-8', 'PUT', 'json'],
    ['application/json;charset="utf-8"', 'POST', 'json'],
    ['application/json; charset=utf-16', 'POST', 'other'],
    ['application/json, application/yaml', 'POST', 'other'],
    ['application/yaml', 'POST', 'yaml'],
    ['application/vnd.kubernetes.protobuf', 'POST', 'protobuf'],
    ['application/merge-patch+json', 'POST', 'other'],
    ['application/json', 'PATCH', 'other'],
    ['application/merge-patch+json;charset=utf-8', 'PATCH', 'merge-patch'],
    ['Application/merge-patch+json', 'PATCH', 'other'],
    ['application/json-patch+json', 'PATCH', 'json-patch'],
    ['application/strategic-merge-patch+json', 'PATCH', 'strategic-merge-patch'],
    ['application/apply-patch+yaml', 'PATCH', 'apply'],
    ['application/apply-patch+cbor', 'PATCH', 'cbor'],
    ['constructor', 'PATCH', 'other'],
  ];
  for (const [header, method, format] of cases) {
    assert.equal(classifyContentType(header, method), format, header ?? 'no Content-Type');
  }
});

test('a body that cannot be read is refused with what to send instead', () => {
  const refusal = { code: 'ERR_KUBE_MEDIA_TYPE' };
  assert.throws(() => requireJsonFormat('application/yaml', 'POST'), { ...refusal, message: /application\/json/ });
  assert.throws(() => requireJsonFormat('text/plain', 'POST'), refusal);
  assert.throws(() => requireJsonFormat('application/json', 'PATCH'), { ...refusal, message: /merge-patch/ });
  assert.equal(requireJsonFormat('application/apply-patch+yaml', 'PATCH'), 'apply');
});

test('delete options: the body counts alone, and a query that says more is refused', () => {
  const dry = resource('DELETE', `${pods}/x?dryRun=All&gracePeriodSeconds=5`);
  assert.equal(parseDeleteOptions(dry, undefined).dryRun, true);
  assert.equal(parseDeleteOptions(dry, undefined).gracePeriodSeconds, 5);
  assert.throws(() => parseDeleteOptions(dry, json({})), { code: 'ERR_KUBE_DELETE_OPTIONS', message: /dryRun/ });
  assert.equal(parseDeleteOptions(dry, json({ dryRun: ['All'], gracePeriodSeconds: 5 })).dryRun, true);
  const plain = resource('DELETE', `${pods}/x`);
  const options: DeleteOptions = parseDeleteOptions(
    plain,
    json({
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      dryRun: null,
      propagationPolicy: 'Orphan',
      preconditions: { uid: 'u' },
    }),
  );
  assert.deepEqual(options, {
    dryRun: false,
    gracePeriodSeconds: undefined,
    propagationPolicy: 'Orphan',
    orphanDependents: undefined,
    uid: 'u',
    resourceVersion: undefined,
  });
});

test('delete options: what the API server ignores or does not know is refused', () => {
  const request = resource('DELETE', `${pods}/x`);
  const bodies: unknown[] = [
    ...[null, [], 'x', 1, { dryrun: ['All'] }, { dryRun: 'All' }, { dryRun: ['all'] }, { kind: 'Pod' }],
    ...[
      { apiVersion: 'apps/v1' },
      { gracePeriodSeconds: 1.5 },
      { preconditions: { name: 'x' } },
      { orphanDependents: 1 },
    ],
    ...[{ propagationPolicy: 'None' }, { ignoreStoreReadErrorWithClusterBreakingPotential: true }],
  ];
  for (const body of bodies) {
    assert.throws(
      () => parseDeleteOptions(request, json(body)),
      { code: 'ERR_KUBE_DELETE_OPTIONS' },
      JSON.stringify(body),
    );
  }
});

test('the resourceVersion of a deletecollection is a list option', () => {
  const request = resource('DELETE', `${pods}?resourceVersion=5`);
  assert.equal(parseDeleteOptions(request, json({})).resourceVersion, undefined);
  assert.equal(parseDeleteOptions(resource('DELETE', `${pods}/x?resourceVersion=5`), undefined).resourceVersion, '5');
});

test('dry runs', () => {
  assert.equal(isDryRun(resource('POST', `${pods}?dryRun=All`), json({})), true);
  assert.equal(isDryRun(resource('POST', pods), json({ dryRun: ['All'] })), false);
  assert.equal(isDryRun(resource('DELETE', `${pods}/x`), json({ dryRun: ['All'] })), true);
  assert.equal(isDryRun(resource('DELETE', `${pods}?dryRun=All`), undefined), true);
  assert.equal(isDryRun(resource('POST', '/api/v1/namespaces/a/serviceaccounts/s/token?dryRun=All'), json({})), false);
  assert.equal(isDryRun(resource('GET', pods), undefined), false);
});

test('body and path are about one object', () => {
  const create = resource('POST', pods);
  assert.deepEqual(checkBodyTarget(create, 'json', json({ kind: 'Pod', metadata: { generateName: 'p-' } })), {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: 'a',
    name: '',
    generateName: 'p-',
  });
  assert.equal(checkBodyTarget(create, 'json', json({ metadata: { name: 'x', namespace: 'a' } })).name, 'x');
  const update = resource('PUT', '/apis/apps/v1/namespaces/a/deployments/x');
  assert.equal(checkBodyTarget(update, 'json', json({ apiVersion: 'apps/v1' })).name, 'x');
  const clusterScoped = resource('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles');
  assert.equal(checkBodyTarget(clusterScoped, 'json', json({ metadata: { namespace: 'b', name: 'x' } })).namespace, '');
});

test('body and path that contradict each other are refused', () => {
  const create = resource('POST', pods);
  const update = resource('PUT', `${pods}/x`);
  const bodies: [ResourceRequest, unknown][] = [
    [create, { apiVersion: 'v2' }],
    [create, { apiVersion: 'apps/v1' }],
    [create, { metadata: { namespace: 'b' } }],
    [create, { metadata: { name: 5 } }],
    [create, { metadata: [] }],
    [create, { kind: {} }],
    [create, []],
    [create, null],
    [update, { metadata: { name: 'y' } }],
  ];
  for (const [request, body] of bodies) {
    const refusal = { code: 'ERR_KUBE_BODY_TARGET' };
    assert.throws(() => checkBodyTarget(request, 'json', json(body)), refusal, JSON.stringify(body));
  }
});

test('subresources with a kind of their own', () => {
  const scale = resource('PUT', '/apis/apps/v1/namespaces/a/deployments/x/scale');
  assert.equal(checkBodyTarget(scale, 'json', json({ apiVersion: 'autoscaling/v1', kind: 'Scale' })).kind, 'Scale');
  const eviction = resource('POST', `${pods}/x/eviction`);
  assert.equal(checkBodyTarget(eviction, 'json', json({ apiVersion: 'policy/v1', metadata: { name: 'x' } })).name, 'x');
  assert.throws(() => checkBodyTarget(eviction, 'json', json({ metadata: { name: 'y' } })), {
    code: 'ERR_KUBE_BODY_TARGET',
  });
  assert.throws(() => checkBodyTarget(eviction, 'json', json({ kind: 'Pod' })), { code: 'ERR_KUBE_BODY_TARGET' });
});

test('a JSON patch is an array, the other patches are objects', () => {
  const request = resource('PATCH', `${pods}/x`);
  assert.equal(checkBodyTarget(request, 'json-patch', json([])).name, 'x');
  assert.throws(() => checkBodyTarget(request, 'json-patch', json({})), { code: 'ERR_KUBE_BODY_TARGET' });
  assert.throws(() => checkBodyTarget(request, 'merge-patch', json([])), { code: 'ERR_KUBE_BODY_TARGET' });
});
