// SPDX-License-Identifier: Apache-2.0

import type { SealedCrypto } from '@countersign/recording';
import { equalBytes, toHex } from '@countersign/tlog';
import { canonicalJson, type Json } from './canonical-json.ts';
import { EvidenceError } from './evidence-error.ts';
import type { Leaf } from './record.ts';
import type { SealedFields } from './sealed-fields.ts';
import { parseSealedFields, sealedAdditionalData, splitSealedPayload, splitSealedPlaintext } from './sealed-payload.ts';

/**
 * The sealed fields of a record, once their payload opens with `key` and the commitments hold: `pt` to the plaintext,
 * and the decision's to its input, where the input is there (one that is too long is not kept).
 * @throws EvidenceError `ERR_EVIDENCE_SEALED`; the message holds no values of the fields
 * @see docs/reference/log-format.md Sealed fields
 */
export function openSealed(crypto: SealedCrypto, leaf: Leaf, payload: Uint8Array, key: Uint8Array): SealedFields {
  const additionalData = sealedAdditionalData(leaf.id);
  const plaintext = crypto.decrypt({ key, ...splitSealedPayload(payload), additionalData });
  if (plaintext === undefined) throw refused('the sealed fields do not open with their key');
  const { salt, json } = splitSealedPlaintext(plaintext);
  const pt = toHex(crypto.hmacSha256(salt, json));
  if (pt !== leaf.sealed?.pt) throw refused(`the sealed fields are not what pt commits to: ${pt}`);
  const fields = parseSealedFields(json);
  if (!equalBytes(new TextEncoder().encode(canonicalJson(fields as Json)), json)) {
    throw refused('the sealed fields are not in their canonical spelling');
  }
  checkInputCommitment(crypto, leaf, fields);
  return fields;
}

function checkInputCommitment(crypto: SealedCrypto, leaf: Leaf, { input, inputSalt }: SealedFields): void {
  const commitment = 'decision' in leaf ? leaf.decision?.inputCommitment : undefined;
  if (commitment === undefined || input === undefined) return;
  if (inputSalt === undefined) throw refused('the input of the decision has no salt');
  const salt = Uint8Array.from(atob(inputSalt), (character) => character.charCodeAt(0));
  const found = toHex(crypto.hmacSha256(salt, new TextEncoder().encode(canonicalJson(input as Json))));
  if (found !== commitment) throw refused(`the input is not what the decision commits to: ${found}`);
}

function refused(what: string): EvidenceError {
  return new EvidenceError('ERR_EVIDENCE_SEALED', what);
}
