// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { parseRequest } from '@countersign/kube';
import { oneShotHmac } from '../one-shot-hmac.ts';
import type { Requirement } from './approval.ts';
import { boundRequest, requestDigest, requestKey } from './request-digest.ts';

const TARGET = '/api/v1/namespaces/demo/configmaps/x';
const hmac = oneShotHmac(Buffer.alloc(32, 1));

interface Given {
  readonly agent?: string;
  readonly act?: readonly { readonly issuer: string; readonly subject: string }[];
  readonly cluster?: string;
  readonly method?: string;
  readonly target?: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly uid?: string;
  readonly effect?: number;
  readonly rules?: readonly Requirement[];
  readonly owner?: string;
  readonly purpose?: string;
}

const asks: Requirement = { rule: { set: 'lab', id: 'ask' }, group: 'approvers', quorum: 1, ownerMay: false };
const asksToo: Requirement = { ...asks, rule: { set: 'lab', id: 'too' } };

function exchangeOf(given: Given) {
  const { method = 'PATCH', target = TARGET, body = '{}', contentType = 'application/merge-patch+json' } = given;
  const principal = { kind: 'agent', id: given.agent ?? 'worker', act: given.act ?? [] } as const;
  return {
    principal: {
      ...principal,
      owner: given.owner ?? '',
      purpose: given.purpose ?? '',
      groups: [],
      issuer: '',
      subject: '',
    },
    cluster: given.cluster ?? 'lab',
    request: parseRequest(method, target),
    body: { bytes: Buffer.from(body), contentType },
  };
}

function digestOf(given: Given): string {
  const exchange = exchangeOf(given);
  const object = { uid: given.uid ?? 'u', resourceVersion: '1' };
  const effect = { digest: Buffer.alloc(32, given.effect ?? 0), object };
  return requestDigest(hmac, boundRequest(exchange, effect, given.rules ?? [asks]));
}

/** Each of another request than the one that is given by default. */
const otherRequests: readonly Given[] = [
  { agent: 'other' },
  { act: [{ issuer: 'i', subject: 's' }] },
  { cluster: 'prod' },
  { method: 'PUT', contentType: 'application/json' },
  { target: `${TARGET}y` },
  { body: '{ }' },
  { contentType: 'application/strategic-merge-patch+json' },
];

test('the digest is of all that matters, and of each part', () => {
  const others: readonly Given[] = [
    ...otherRequests,
    { target: `${TARGET}?dryRun=All` },
    { uid: 'v' },
    { effect: 1 },
    { rules: [asks, asksToo] },
    { rules: [{ ...asks, quorum: 2 }] },
    { rules: [{ ...asks, group: 'others' }] },
    { rules: [{ ...asks, ownerMay: true }] },
    { rules: [{ ...asks, reason: 'in other words' }] },
    { owner: 'eve' },
    { purpose: 'other work' },
  ];
  const digests = [{}, ...others].map(digestOf);
  assert.equal(new Set(digests).size, digests.length);
  assert.equal(digestOf({}), digestOf({}));
  assert.equal(digestOf({ rules: [asks, asksToo] }), digestOf({ rules: [asksToo, asks] }));
  for (const digest of digests) assert.match(digest, /^[0-9a-f]{64}$/);
});

test('a request is known again whatever it would do and whoever must countersign it, and no other is taken for it', () => {
  const keyOf = (given: Given) => requestKey(hmac, exchangeOf(given));
  const keys = [{}, ...otherRequests].map(keyOf);
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(keyOf({ uid: 'v', effect: 1, rules: [asksToo], owner: 'eve', purpose: 'other work' }), keyOf({}));
  assert.notEqual(keyOf({}), digestOf({}));
});

test('a request that names its object by now is the one that made it, and is bound to what is sent', () => {
  const made = exchangeOf({ body: '{"data":{}}' });
  const judged = { contentType: made.body.contentType, sha256: hash('sha256', made.body.bytes, 'hex') };
  const again = exchangeOf({ body: '{"metadata":{"uid":"u"},"data":{}}' });
  const changed = { ...again, body: { ...again.body, judged } };
  assert.notEqual(requestKey(hmac, again), requestKey(hmac, made));
  assert.equal(requestKey(hmac, changed), requestKey(hmac, made));
  assert.deepEqual(boundRequest(changed, undefined, []), boundRequest(again, undefined, []));
});

test('nobody makes it without the key', () => {
  const bound = { a: 1 };
  assert.notEqual(requestDigest(hmac, bound), requestDigest(oneShotHmac(Buffer.alloc(32, 2)), bound));
});
