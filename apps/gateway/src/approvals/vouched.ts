// SPDX-License-Identifier: Apache-2.0
import { timingSafeEqual } from 'node:crypto';
import type { Json } from '@countersign/evidence';
import type { Hmac } from '@countersign/mask';
import { keyedDigest } from '../keyed-digest.ts';
import type { ApprovalDocument, Signature, Step } from './approval.ts';
import type { Verdict } from './verdict.ts';
import { wellFormed } from './well-formed.ts';

/** Nothing else that is made with the same key begins so. */
const PURPOSE = 'countersign signature v1\n';

type Signed = { readonly id: string; readonly value: Pick<ApprovalDocument, 'card'> };

/** What makes a yes one that a gateway was given: of this card, by this person, by this passkey or none, at this time. */
function macOf(vouch: Hmac, { id, value }: Signed, signature: Signature): string {
  const { by, groups, known, at, reason, countersignature } = signature;
  const { issuer, subject } = by;
  const said = { by: { issuer, subject }, groups, known, at, reason, countersignature } as unknown as Json;
  return keyedDigest(vouch, PURPOSE, { approval: id, card: value.card, signature: wellFormed(said) });
}

/** A yes as it is stored. */
export function vouchedFor(vouch: Hmac, approval: Signed, { mac: _, ...signature }: Signature): Signature {
  return { ...signature, mac: macOf(vouch, approval, signature) };
}

/** Whether a stored yes was given to a gateway, and to none but this approval. */
export function isVouchedFor(vouch: Hmac, approval: Signed, signature: Signature): boolean {
  const [made, stored] = [macOf(vouch, approval, signature), `${signature.mac}`].map((text) =>
    Buffer.from(text, 'utf8'),
  );
  return made !== undefined && made.length === stored?.length && timingSafeEqual(made, stored);
}

/** What a verdict does to an approval; its yes is one that nobody makes up who writes to the store. */
export function verdictStep(
  vouch: Hmac,
  approval: Signed,
  { kind, signature }: Pick<Verdict, 'kind' | 'signature'>,
): Extract<Step, { readonly signature: Signature }> {
  if (kind === 'approve') return { type: 'approved', signature: vouchedFor(vouch, approval, signature) };
  return { type: kind === 'deny' ? 'denied' : 'withdrawn', signature };
}
