// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonBodyFormat } from './content-type.ts';
import { parseDeleteOptions } from './delete-options.ts';
import { isDryRun } from './dry-run.ts';
import { serializeJson } from './json.ts';
import { parseJson } from './parse-json.ts';
import { parseRequest } from './parse-request.ts';
import { addPreconditions, asDryRun, namedObject, type Write } from './preconditions.ts';
import type { Method } from './request.ts';
import { serializeTarget } from './serialize-target.ts';

const seen = { uid: 'u1', resourceVersion: '7' };
const pod = '/api/v1/namespaces/a/pods/x';

function write(method: Method, target: string, body: unknown, format: JsonBodyFormat = 'json'): Write {
  const request = parseRequest(method, target);
  assert.ok(request.kind === 'resource');
  const value = body === undefined ? undefined : parseJson(new TextEncoder().encode(JSON.stringify(body)));
  return { request, format, value };
}

function plain({ value }: Write): unknown {
  return value === undefined ? undefined : JSON.parse(serializeJson(value));
}

test('who names a uid means that object, and not the one that was seen', () => {
  const sent = addPreconditions(write('PUT', pod, { metadata: { name: 'x', uid: 'old' }, spec: {} }), { uid: 'new' });
  assert.deepEqual(plain(sent), { metadata: { name: 'x', uid: 'old' }, spec: {} });
});

test('a write may name its object and version itself, in its own way', () => {
  const other = (more: object) => ({ metadata: { name: 'x', ...more } });
  const set = (path: string, value: string, op = 'replace') => [{ op, path, value }];
  const eviction = (more: object) => write('POST', `${pod}/eviction`, { ...other({ uid: 'u2' }), ...more });
  for (const [given, expected] of [
    [write('PUT', pod, other({})), {}],
    [write('PUT', pod, other({ resourceVersion: '' })), {}],
    [write('PUT', pod, other(seen)), seen],
    [write('PATCH', pod, other({ uid: 'u2' }), 'merge-patch'), { uid: 'u2' }],
    [write('PATCH', pod, set('/metadata/resourceVersion', '6'), 'json-patch'), { resourceVersion: '6' }],
    [write('PATCH', pod, set('/metadata/resourceVersion', '6', 'test'), 'json-patch'), {}],
    [write('PATCH', pod, set('/metadata/uid', 'u1'), 'json-patch'), { uid: 'u1' }],
    [write('DELETE', pod, undefined), {}],
    [write('DELETE', pod, { preconditions: { uid: 'u2' } }), { uid: 'u2' }],
    [eviction({}), {}],
    [eviction({ deleteOptions: { preconditions: { uid: 'u3' } } }), { uid: 'u3' }],
  ] as const)
    assert.deepEqual(namedObject(given), expected, JSON.stringify(plain(given)));
});

test('a delete names the object in its body, and what stood in its query with it', () => {
  const given = write('DELETE', `${pod}?propagationPolicy=Orphan&gracePeriodSeconds=5&timeout=3s`, undefined);
  const sent = addPreconditions(given, seen);
  assert.equal(serializeTarget(sent.request), `${pod}?timeout=3s`);
  assert.deepEqual(plain(sent), {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    gracePeriodSeconds: 5,
    propagationPolicy: 'Orphan',
    preconditions: seen,
  });
});

test('options of a delete stay as they are but for what is added', () => {
  const options = { propagationPolicy: 'Background', orphanDependents: null, preconditions: { uid: 'u1' } };
  const sent = addPreconditions(write('DELETE', pod, options), seen);
  assert.deepEqual(parseDeleteOptions(sent.request, sent.value), {
    dryRun: false,
    gracePeriodSeconds: undefined,
    propagationPolicy: 'Background',
    orphanDependents: undefined,
    ...seen,
  });
});

test('an eviction names its pod, and keeps how it is to be deleted', () => {
  const body = { metadata: { name: 'x' }, deleteOptions: { gracePeriodSeconds: 1 } };
  assert.deepEqual(plain(addPreconditions(write('POST', `${pod}/eviction`, body), seen)), {
    metadata: { name: 'x' },
    deleteOptions: { gracePeriodSeconds: 1, preconditions: seen },
  });
});

test('what is put, merged or applied names the object in its metadata', () => {
  for (const [method, format] of [
    ['PUT', 'json'],
    ['PATCH', 'merge-patch'],
    ['PATCH', 'strategic-merge-patch'],
    ['PATCH', 'apply'],
  ] as const) {
    const sent = addPreconditions(write(method, pod, { metadata: { labels: { a: 'b' } }, spec: {} }, format), seen);
    assert.deepEqual(plain(sent), { metadata: { labels: { a: 'b' }, ...seen }, spec: {} }, format);
  }
  const scaled = addPreconditions(write('PATCH', `${pod}/scale`, { spec: { replicas: 3 } }, 'merge-patch'), seen);
  assert.deepEqual(plain(scaled), { spec: { replicas: 3 }, metadata: seen });
});

test('a JSON patch names the object last, whatever else it sets there', () => {
  const operation = { op: 'replace', path: '/metadata/resourceVersion', value: '' };
  assert.deepEqual(plain(addPreconditions(write('PATCH', pod, [operation], 'json-patch'), seen)), [
    operation,
    { op: 'add', path: '/metadata/uid', value: 'u1' },
    { op: 'add', path: '/metadata/resourceVersion', value: '7' },
  ]);
});

test('a dry run is one by its query, and a delete by its body too', () => {
  const cases: readonly Write[] = [
    write('POST', '/api/v1/namespaces/a/pods?fieldManager=m', {}),
    write('PUT', `${pod}/status`, {}),
    write('PATCH', `${pod}?dryRun=All`, [], 'json-patch'),
    write('POST', `${pod}/eviction`, { deleteOptions: {} }),
    write('DELETE', `${pod}?gracePeriodSeconds=0`, undefined),
    write('DELETE', pod, { propagationPolicy: 'Foreground' }),
    write('DELETE', '/api/v1/namespaces/a/pods?labelSelector=app%3Dweb', { propagationPolicy: 'Foreground' }),
    write('DELETE', '/api/v1/namespaces/a/pods', { dryRun: [] }),
  ];
  for (const given of cases) {
    const { request, value } = asDryRun(given);
    const sent = parseRequest(request.method, serializeTarget(request));
    assert.ok(sent.kind === 'resource' && isDryRun(sent, value), serializeTarget(request));
    assert.ok(sent.dryRun, serializeTarget(request));
  }
  assert.deepEqual(plain(asDryRun(cases[4] as Write)), {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    gracePeriodSeconds: 0,
    dryRun: ['All'],
  });
});
