// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import { digest, leaf, personId } from './parts.ts';

const bytes = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/);

const passkey = bytes(1_364).describe('Credential id, in base64url');

/** What a passkey signed, with what it takes to see that; the verdict's own record has the rest of the statement. */
export const countersignature = z
  .strictObject({
    passkey,
    shown: digest.describe(
      'Of what the person was shown, as in approval.asked; of a grant its scope, as in grant.asked',
    ),
    said: digest.describe('Commits to who said it and why, which is sealed'),
    clientData: bytes(4_096).describe('clientDataJSON, in base64url'),
    authenticatorData: bytes(2_048),
    signature: bytes(2_048),
  })
  .meta({ id: 'Countersignature', description: 'A passkey assertion over a verdict' });

const registered = { by: personId.describe('Whose it is'), passkey } as const;

export const passkeyRegistered = leaf('passkey.registered', {
  ...registered,
  algorithm: z.int().min(-65_535).max(-1).describe('Of COSE'),
  publicKey: bytes(4_096).describe('SubjectPublicKeyInfo, in base64url'),
  origin: z.string().max(512).describe('Site that it was registered at'),
  rpId: z.string().max(253),
  vouchedBy: passkey.optional().describe('Of the same person, by which this one was added; absent of a first one'),
});
export const passkeyRemoved = leaf('passkey.removed', registered);
