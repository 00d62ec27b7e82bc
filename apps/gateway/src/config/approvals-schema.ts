// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

export const approvals = z
  .strictObject({
    holdMs: z
      .int()
      .min(0)
      .max(300_000)
      .default(25_000)
      .describe('How long a request is held for a countersignature before it gets a 429 that says to try again.'),
    maxOpenOfAgent: z
      .int()
      .min(1)
      .max(10_000)
      .default(32)
      .describe('Approvals of one agent that may be open at once: more than people would look through help nobody.'),
    maxPerDayOfAgent: z
      .int()
      .min(1)
      .max(100_000)
      .default(1_000)
      .describe(
        'Approvals that one agent may ask for in a day at each gateway, after as many at once: each is kept for eight days, with what it would do.',
      ),
    passkeys: z
      .enum(['offered', 'required'])
      .default('offered')
      .describe(
        '`required`: a yes counts with the signature of a passkey alone, so it is said in the console; the command line says no, and takes a yes back. `offered`: elsewhere than in the console a token is enough.',
      ),
  })
  .default({ holdMs: 25_000, maxOpenOfAgent: 32, maxPerDayOfAgent: 1_000, passkeys: 'offered' })
  .describe('Countersigning.');
