// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import { nameOf } from '../records/approval-records.ts';
import type { PasskeyDocument } from '../store/store.ts';

type Record<T extends LogRecord['type']> = Extract<LogRecord, { type: T }>;

interface RegisteredWith {
  readonly publicKey: Buffer;
  readonly origin: string;
  /** Id of the passkey that vouched for it, if it is not its person's first one. */
  readonly vouchedBy: string | undefined;
}

/** What verdicts are checked against from then on, whoever checks them. */
export function registeredRecord(
  passkey: string,
  document: PasskeyDocument,
  { publicKey, origin, vouchedBy }: RegisteredWith,
): Record<'passkey.registered'> {
  const { subject, name, algorithm, rpId } = document;
  return {
    type: 'passkey.registered',
    by: subject,
    passkey,
    algorithm,
    publicKey: publicKey.toString('base64url'),
    origin,
    rpId,
    ...(vouchedBy === undefined ? {} : { vouchedBy }),
    sealed: { claims: { signer: nameOf(document), name } },
  };
}

export function removedRecord(passkey: string, document: PasskeyDocument): Record<'passkey.removed'> {
  return { type: 'passkey.removed', by: document.subject, passkey, sealed: { claims: { signer: nameOf(document) } } };
}
