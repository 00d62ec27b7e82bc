// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import type { LogRecord } from '@countersign/evidence';
import { parseRequest } from '@countersign/kube';
import type { Used } from '../exchange.ts';
import type { Log } from '../log/log.ts';
import { commit } from './commit.ts';

test('an intent has the digest of the body that goes upstream beside it, sealed', async () => {
  const bytes = Buffer.from('{"metadata":{"resourceVersion":"7"}}');
  const request = parseRequest('PATCH', '/api/v1/namespaces/demo/configmaps/x');
  const decision = { effect: 'allow', reveal: false, rules: [], policyDigest: `sha256:${'0'.repeat(64)}` };
  const exchange = {
    id: 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0001',
    cluster: 'lab',
    lane: 'write',
    request,
    principal: { kind: 'agent', id: 'worker', owner: 'ada', purpose: '', issuer: 'i', subject: 'worker', act: [] },
    token: { credentialDigest: '0'.repeat(64), expiresAt: 0 },
    upstreamGroups: [],
    incoming: { method: 'PATCH', target: '/' },
    headers: {},
    receivedAt: new Date(0),
    made: { id: 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0002', decision, input: {} },
  };
  const appended: LogRecord[] = [];
  const log = { append: async (records: readonly LogRecord[]) => ({ index: appended.push(...records) }) };
  const stage = commit(log as unknown as Log, () => new Date(0));
  await stage({ ...exchange, body: { bytes } } as unknown as Used);
  await stage(exchange as unknown as Used);
  const digests = appended.map(({ sealed }) => sealed?.bodyDigest);
  assert.deepEqual(digests, [hash('sha256', bytes, 'hex'), undefined]);
});
