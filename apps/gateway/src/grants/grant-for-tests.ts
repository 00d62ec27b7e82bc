// SPDX-License-Identifier: Apache-2.0
import { createHmac } from 'node:crypto';
import { type KubeRequest, parseRequest } from '@countersign/kube';
import type { ApprovalRequirement, PolicyInput } from '@countersign/policy';
import type { Signature } from '../approvals/approval.ts';
import type { Versioned } from '../store/store.ts';
import type { GrantDocument } from './grant.ts';
import { boundGrant, grantDigest, grantSignature } from './grant-digest.ts';

const ISSUER = 'https://idp.example';
export const START = Date.parse('2026-11-24T00:00:00Z');

export const REQUESTER = {
  id: 'reporter',
  issuer: ISSUER,
  subject: 'reporter-subject',
  owner: 'owner@example.com',
  purpose: 'tests',
  act: [],
} as const;

export function signed(subject: string, groups: readonly string[] = ['platform']): Signature {
  return { by: { issuer: ISSUER, subject }, groups, at: new Date(START).toISOString(), reason: '' };
}

export const hmac = (bytes: Uint8Array) => createHmac('sha256', 'key').update(bytes).digest();

/** An active grant for deletes of ConfigMaps in `demo`, good for a minute. */
export function grantOf(more: Partial<GrantDocument> = {}): GrantDocument {
  const grant: GrantDocument = {
    state: 'active',
    cluster: 'lab',
    requester: REQUESTER,
    scope: { verbs: ['delete'], resources: ['configmaps'], namespaces: ['demo'] },
    seconds: 60,
    reason: '',
    digest: '',
    askedAt: new Date(START).toISOString(),
    expiresAt: new Date(START + 60_000).toISOString(),
    signatures: [signed('ann')],
    ...more,
  };
  return { ...grant, digest: more.digest ?? grantDigest(hmac, boundGrant(grant)) };
}

/** A grant as it stands in a store, its signatures given to a gateway. */
export function storedGrant(id: string, value: GrantDocument): Versioned<GrantDocument> {
  const signatures = value.signatures.map((one) => grantSignature(hmac, id, value, one));
  return { id, version: 1, value: { ...value, signatures } };
}

const DEMO = '/api/v1/namespaces/demo';

/** What policy is asked of a request of the reporter's. */
export function inputOf(method: string, target: string, more: Partial<PolicyInput> = {}): PolicyInput {
  const request: KubeRequest = parseRequest(method, target.startsWith('/') ? target : `${DEMO}/${target}`);
  return {
    principal: { kind: 'agent', groups: [], ...REQUESTER },
    cluster: 'lab',
    request,
    dryRun: false,
    object: undefined,
    credential: { kind: 'token', expiresAt: new Date(START + 600_000).toISOString() },
    sourceAddress: '192.0.2.1',
    time: new Date(START).toISOString(),
    ...more,
  };
}

/** What a rule wants countersigned. */
export function wantedBy(group = 'platform', quorum = 1): ApprovalRequirement {
  return { rule: { set: 'lab', id: 'asks' }, group, quorum, ttlSeconds: undefined, ownerMay: false, reason: undefined };
}
