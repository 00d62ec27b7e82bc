// SPDX-License-Identifier: Apache-2.0
import type { ApprovalView } from '@countersign/wire';
import type { Signature } from '../approvals/approval.ts';

/** What people are told of a signature: by which passkey, but not what it signed, nor the nonce that opens it. */
export function shownSignature({
  countersignature,
  known: _,
  mac: __,
  ...said
}: Signature): ApprovalView['signatures'][number] {
  return countersignature === undefined ? said : { ...said, passkey: countersignature.passkey };
}
