// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KubeError } from './error.ts';
import { laneOf } from './lane.ts';
import { parseRequest } from './parse-request.ts';
import type { KubeRequest } from './request.ts';
import { serializeTarget } from './serialize-target.ts';
import { maxTargetBytes } from './split-target.ts';

const methods = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'get', 'CONNECT', '');
const hostilePart = fc.constantFrom(
  ...['api', 'apis', 'v1', 'apps', 'namespaces', 'a', 'pods', 'secrets', 'exec', 'log', 'proxy', 'watch', 'status'],
  ...['finalize', 'x', '..', '.', '', '%2e%2e', '%2F', '%5c', '%00', '%25', '%', '%zz', '\\', ';', '#', '?', '@', ':'],
  ...['%65xec', '%C3%A9', '%C0%AF', 'é', '\t', '\n', ' ', '//', 'A', '+', '%2B', '*', "'", '\u{1F600}'],
);
const hostilePair = fc.constantFrom(
  ...['watch=1', 'watch=true', 'watch=0', 'watch', 'watch=%zz', 'w%61tch=1', 'Watch=1', 'limit=5', 'limit=x', ';', '&'],
  ...['fieldSelector=metadata.name=a', 'fieldSelector=metadata.name%3D%3Db', 'labelSelector=a+in+(b)', 'dryRun=All'],
  ...['dryRun=', 'command=%0A', 'command=;', 'command=%3B', 'tty=1', 'continue=%00', '=', '=x', '%00', 'pretty', '?'],
);
const hostileTarget = fc
  .tuple(
    fc.constantFrom('/', '', '//', 'http://h/', '/api/v1/', '/apis/apps/v1/', '/api/v1/namespaces/'),
    fc.array(hostilePart, { maxLength: 9 }),
    fc.constantFrom('/', '', '%2F'),
    fc.constantFrom('', '/', '?'),
    fc.array(hostilePair, { maxLength: 4 }),
  )
  .map(([start, parts, joint, end, pairs]) => `${start}${parts.join(joint)}${end}${pairs.join('&')}`);
const mildPath = fc.constantFrom(
  ...['/version', '/apis/apps/v1', '/api/v1/nodes', '/api/v1/namespaces/a', '/api/v1/namespaces/a/pods', '/apis/g/v/r'],
  ...['/api/v1/namespaces/a/pods/x', '/api/v1/namespaces/a/pods/x/log', '/api/v1/namespaces/a/pods/x/%65xec'],
  ...['/apis/g/v/namespaces/a/r/n%3A1', '/apis/g/v/namespaces/a/r/a%40b', '/api/v1/namespaces/a/pods/x/proxy/y'],
);
const mildTarget = fc
  .tuple(mildPath, fc.array(hostilePair, { maxLength: 2 }))
  .map(([path, pairs]) => `${path}?${pairs.join('&')}`);
const readableTarget = fc.oneof(hostileTarget, mildTarget);
const target = fc.oneof(hostileTarget, fc.string({ unit: 'binary' }), fc.webUrl({ withQueryParameters: true }));

function tryParse(method: string, rawTarget: string): KubeRequest | undefined {
  try {
    return parseRequest(method, rawTarget);
  } catch (error) {
    if (error instanceof KubeError) return undefined;
    throw error;
  }
}

test('whatever the target, it is parsed or refused with a KubeError', () => {
  fc.assert(
    fc.property(methods, target, (method, raw) => tryParse(method, raw) !== null),
    { numRuns: 3000 },
  );
});

test('of the targets that the next ones try, enough get through the parser to show something', () => {
  const parsed = fc.sample(fc.tuple(methods, readableTarget), 2_000).filter(([method, raw]) => tryParse(method, raw));
  assert.ok(parsed.length > 100, `only ${parsed.length} targets got through the parser`);
});

test('a canonical target parses to an equal request and is its own canonical form', () => {
  fc.assert(
    fc.property(methods, readableTarget, (method, raw) => {
      const request = tryParse(method, raw);
      if (request === undefined) return;
      const canonical = serializeTarget(request);
      assert.deepEqual(parseRequest(method, canonical), request);
      assert.equal(serializeTarget(parseRequest(method, canonical)), canonical);
    }),
    { numRuns: 3000 },
  );
});

test('what URL() would change in a canonical target is nothing', () => {
  fc.assert(
    fc.property(methods, readableTarget, (method, raw) => {
      const request = tryParse(method, raw);
      if (request === undefined) return;
      const canonical = serializeTarget(request);
      const url = new URL(canonical, 'https://upstream.invalid');
      assert.equal(url.host, 'upstream.invalid');
      assert.equal(decodeURIComponent(url.pathname), `/${request.segments.join('/')}`);
      assert.deepEqual(
        [...url.searchParams].map(([name, value]) => ({ name, value })),
        request.query,
      );
    }),
    { numRuns: 3000 },
  );
});

test('nothing but a GET has a lane without side effects, except a self review', () => {
  fc.assert(
    fc.property(methods, readableTarget, (method, raw) => {
      const request = tryParse(method, raw);
      if (request === undefined || request.method === 'GET') return;
      assert.ok([undefined, 'write', 'exec', 'portforward', 'review'].includes(laneOf(request)));
    }),
    { numRuns: 2000 },
  );
});

test('a message never quotes the target', () => {
  for (const raw of [
    '/api/v1/hunter2/../x',
    '/api/v1/pods?token=hunter2',
    '/api/v1/pods?labelSelector=hunter2(',
    '#hunter2',
  ]) {
    assert.throws(
      () => parseRequest('GET', raw),
      (error) => error instanceof KubeError && !error.message.includes('hunter2'),
    );
  }
});

test('a target over the limit is refused, one at the limit is not', () => {
  const stem = '/api/v1/namespaces/a/pods/x/exec?command=';
  const longest = stem + 'a'.repeat(maxTargetBytes - stem.length);
  assert.equal(parseRequest('POST', longest).kind, 'resource');
  assert.throws(() => parseRequest('POST', `${longest}a`), { code: 'ERR_KUBE_TARGET_TOO_LONG' });
});

test('a target that would be over the limit once it is written again is refused as well', () => {
  const stem = '/api/v1/namespaces/a/pods/x/exec?command=';
  const room = maxTargetBytes - stem.length;
  const longest = stem + ':'.repeat(Math.floor(room / 3));
  assert.ok(serializeTarget(parseRequest('POST', longest)).length <= maxTargetBytes);
  assert.throws(() => parseRequest('POST', `${longest}:`), { code: 'ERR_KUBE_TARGET_TOO_LONG' });
});

test('a selector as long as a target may be is read in time that grows with its length only', () => {
  for (const filler of ['a,', '!', '(', 'a in (b,', 'a=', '\\\\', '\\,', 'a.', '=']) {
    const selector = encodeURIComponent(filler.repeat(20_000)).slice(0, 60_000);
    const started = process.hrtime.bigint();
    for (const name of ['labelSelector', 'fieldSelector']) tryParse('GET', `/api/v1/pods?${name}=${selector}`);
    assert.ok(process.hrtime.bigint() - started < 2_000_000_000n, `slow on ${filler}`);
  }
});
