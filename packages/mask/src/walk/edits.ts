// SPDX-License-Identifier: Apache-2.0
import { joinBytes } from '../json/bytes.ts';
import { type HitForm, maskText, type TextHit } from '../text/text-hit.ts';
import type { TokenClass, Value } from '../token/token.ts';

/** Part of a text that a mask takes the place of, by offsets. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly value: Value;
  readonly rule: string;
  readonly tokenClass: TokenClass;
  readonly form: HitForm;
}

export function editOfHit(text: Uint8Array, { start, end, detector, tokenClass, form }: TextHit): Edit {
  const value = { spelling: 'raw', bytes: text.subarray(start, end) } as const;
  return { start, end, value, rule: detector, tokenClass, form };
}

/** In order; of two that overlap, the one that begins first, as far as the other reaches. */
export function joinEdits(text: Uint8Array, edits: readonly Edit[]): readonly Edit[] {
  const joined: Edit[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const before = joined.at(-1);
    if (before === undefined || edit.start >= before.end) joined.push(edit);
    else if (edit.end > before.end) {
      const value = { spelling: 'raw', bytes: text.subarray(before.start, edit.end) } as const;
      joined[joined.length - 1] = { ...before, end: edit.end, value, form: 'text' };
    }
  }
  return joined;
}

/** A text with masks in it; the edits must be in order and not overlap. */
export function applyEdits(text: Uint8Array, edits: readonly Edit[], tokenOf: (edit: Edit) => Uint8Array): Uint8Array {
  const [first] = edits;
  const isWhole = first !== undefined && first.start === 0 && first.end === text.length;
  if (isWhole) return maskText(first.form, tokenOf(first));
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const edit of edits) {
    parts.push(text.subarray(at, edit.start), maskText(edit.form, tokenOf(edit)));
    at = edit.end;
  }
  parts.push(text.subarray(at));
  return joinBytes(parts);
}
