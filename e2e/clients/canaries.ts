// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';

/** A value that nobody but its owner may see, in every run of the tests another. */
export const CANARY = `canary-${randomBytes(12).toString('hex')}`;

/** Within base64 at any of the three alignments, without the characters that depend on its neighbours. */
function withinBase64(text: string): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64');
    return encoded.slice(shift === 0 ? 0 : shift + 1, -4);
  });
}

/** Every way in which the canary may show itself: plain, hex, base64, base64 of base64, URL-encoded. */
const FORMS: readonly string[] = [
  CANARY,
  Buffer.from(CANARY).toString('hex'),
  CANARY.replace('-', '%2D'),
  ...withinBase64(CANARY),
  ...withinBase64(Buffer.from(CANARY).toString('base64').slice(0, -4)),
];

/** The canary as the whole of a value, which the gateway replaces as a whole: patterns. */
export const CANARY_SPELLINGS: readonly string[] = [Buffer.from(CANARY).toString('base64'), CANARY];

/** The forms of the canary that a text holds. */
export function canariesIn(text: string): readonly string[] {
  return FORMS.filter((form) => text.includes(form));
}
