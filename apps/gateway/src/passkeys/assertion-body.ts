// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';

const text = (max: number) => z.string().min(1).max(max);

/** What a browser brings of an authenticator that signed; what it says beyond this is nobody's concern. */
export const assertionBody = z
  .object({
    id: text(1_400),
    rawId: text(1_400),
    type: z.literal('public-key'),
    response: z.object({ clientDataJSON: text(4_096), authenticatorData: text(2_048), signature: text(2_048) }),
  })
  .transform((assertion) => ({ ...assertion, clientExtensionResults: {} }));
