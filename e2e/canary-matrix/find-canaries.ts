// SPDX-License-Identifier: Apache-2.0
import { gunzipSync } from 'node:zlib';
import { withinBase64 } from '../fixtures/spellings.ts';
import { CANARIES, type Canary, MARK } from './canaries.ts';

/** Base64 that is long enough to hold a canary. */
const RUN = /[A-Za-z0-9+/_-]{24,}/g;
const MAX_DECODINGS = 4;

/** A word as it may show itself: plain, in hexadecimal, backwards, in base64 and in base64 of that. */
function spellings(word: string): readonly string[] {
  const encoded = withinBase64(word);
  const backwards = word.split('').reverse().join('');
  return [word, Buffer.from(word).toString('hex'), backwards, ...encoded, ...encoded.flatMap(withinBase64)];
}

const MARKS = spellings(MARK);
const NEEDLES = CANARIES.map((canary) => ({ canary, texts: canary.words.flatMap(spellings) }));

/**
 * The canaries that stand in some bytes, in whatever spelling, each by one of its words: as they are, over lines, and in
 * what base64 and gzip in there decode to.
 */
export function findCanaries(bytes: Buffer): ReadonlySet<Canary> {
  const found = new Set<Canary>();
  search(bytes, found, 0);
  return found;
}

function search(bytes: Buffer, found: Set<Canary>, decodings: number): void {
  const asItIs = bytes.toString('latin1');
  const joined = asItIs.replace(/[\s\\]+n?/g, '');
  for (const text of [asItIs, joined]) {
    if (!MARKS.some((mark) => text.includes(mark))) continue;
    for (const { canary, texts } of NEEDLES) if (texts.some((one) => text.includes(one))) found.add(canary);
  }
  if (decodings === MAX_DECODINGS) return;
  for (const run of new Set([...asItIs.matchAll(RUN), ...joined.matchAll(RUN)].map(([run]) => run))) {
    search(unpacked(Buffer.from(run, 'base64')), found, decodings + 1);
  }
}

/** What gzip compressed; what is none as it is. */
function unpacked(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch {
    return bytes;
  }
}
