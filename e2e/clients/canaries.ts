// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { spellingsOf } from '../fixtures/spellings.ts';

/** A value that nobody but its owner may see, in every run of the tests another. */
export const CANARY = `canary-${randomBytes(12).toString('hex')}`;

const FORMS = spellingsOf(CANARY);

/** The canary as the whole of a value, which the gateway replaces as a whole: patterns. */
export const CANARY_SPELLINGS: readonly string[] = [Buffer.from(CANARY).toString('base64'), CANARY];

/** The forms of the canary that a text holds. */
export function canariesIn(text: string): readonly string[] {
  return FORMS.filter((form) => text.includes(form));
}
