// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import type { Json } from './canonical-json.ts';
import { rule } from './record/parts.ts';

const json = z.json().meta({ id: 'Json' });
const text = z.string().max(65_536);

/**
 * Fields that are encrypted beside a record: personal details, values that could be guessed from a digest, and what is
 * needed to repeat a decision.
 */
export const SealedFields = z
  .strictObject({
    source: z.strictObject({ address: z.string().max(64), port: z.int().min(0).max(65_535).optional() }).optional(),
    userAgent: text.optional().describe('As the caller said'),
    method: z.string().max(64).optional(),
    target: text.optional().describe('The raw request target, with its query'),
    request: z.record(z.string().max(64), text).optional().describe('Texts of `request` that the leaf cuts'),
    rules: z.array(rule).optional().describe('All rules of a decision of which the leaf omits some'),
    names: z.record(z.string().max(64), text).optional().describe('What the pseudonyms of the leaf stand for'),
    claims: z.record(z.string().max(64), text).optional(),
    purpose: text.optional(),
    command: z.array(text).max(4_096).optional().describe('argv of an exec'),
    reason: text.optional().describe('In the words of a human or an agent'),
    problem: text.optional(),
    bodyDigest: z.string().max(128).optional().describe('SHA-256 of the request body as it goes upstream, in hex'),
    answerDigest: z.string().max(128).optional().describe('SHA-256 of the answer as the caller got it'),
    bound: json.optional().describe('What an approval is bound to: its digest is over this, in canonical JSON'),
    scope: json.optional().describe('Of a grant'),
    shown: json
      .optional()
      .describe('What people are shown of an approval, and the salt under which `shown` commits to it'),
    countersignature: json.optional().describe('Who said it and why, and the nonce under which `said` commits to that'),
    input: json.optional().describe('Of a decision'),
    inputSalt: z.base64().optional(),
    chunk: z.base64().optional().describe('Bytes of a recording'),
  })
  .meta({ id: 'SealedFields' });

export type SealedFields = z.infer<typeof SealedFields>;

/** Sealed fields as they are handed in; the driver adds what belongs to its own work. */
export type SealedFieldsInput = Omit<
  SealedFields,
  'inputSalt' | 'names' | 'request' | 'rules' | 'input' | 'bound' | 'scope' | 'shown' | 'countersignature'
> & {
  readonly input?: Json | undefined;
  readonly bound?: Json | undefined;
  readonly scope?: Json | undefined;
  readonly shown?: Json | undefined;
  readonly countersignature?: Json | undefined;
};
