// SPDX-License-Identifier: Apache-2.0
import { oneShotHmac } from '../one-shot-hmac.ts';
import type { ApprovalDocument, Signature } from './approval.ts';
import type { Asking } from './approval-register.ts';
import { cardDigest } from './card.ts';
import { vouchedFor } from './vouched.ts';

/** Of a key that all gateways have, in tests. */
export const HMAC = oneShotHmac(new Uint8Array(32));
/** Of the key of the store, in tests. */
export const VOUCH = oneShotHmac(new Uint8Array(32).fill(1));
const ISSUER = 'https://people.example';

/** What an agent asks for, in tests. */
export function askingFor(digest: string, more: Partial<Asking> = {}): Asking {
  return {
    digest,
    exchange: 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0001',
    session: 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0002',
    cluster: 'lab',
    requester: {
      issuer: 'https://agents.example',
      subject: 'worker',
      id: 'worker',
      owner: 'ada',
      purpose: 'tests',
      act: [],
    },
    action: 'delete configmaps x in namespace demo',
    requirements: [{ rule: { set: 'lab', id: 'ask' }, group: 'approvers', quorum: 1, ownerMay: false }],
    policyDigest: `sha256:${'0'.repeat(64)}`,
    effect: { digest: '0'.repeat(64), object: undefined, summary: 'deletes it', changes: [], omitted: 0 },
    ttlSeconds: 60,
    request: digest,
    ...more,
  };
}

/** What a person says, in tests. */
export function signatureOf(subject: string, groups: readonly string[] = ['approvers']): Signature {
  return { by: { issuer: ISSUER, subject }, groups, at: '2026-01-01T00:00:00.000Z', reason: '' };
}

/** An approval that was asked for as it is, with signatures that were given, in tests. */
export function asAsked(document: Omit<ApprovalDocument, 'card'>, id = 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0004') {
  const value = { ...document, card: cardDigest(VOUCH, id, document) };
  const signatures = value.signatures.map((one) => vouchedFor(VOUCH, { id, value }, one));
  return { id, version: 1, value: { ...value, signatures } };
}
