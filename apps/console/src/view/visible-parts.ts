// SPDX-License-Identifier: Apache-2.0

/** A piece of a text: as it is, or an escape that stands for a character nobody would see. */
export interface TextPart {
  readonly text: string;
  readonly escaped: boolean;
}

/**
 * What shows as nothing, or changes how the rest shows: control and format characters, marks of direction, blanks other
 * than the space, fillers, halves of a pair, what has no meaning to all.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeOf(character: string): string {
  return SHORT[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/**
 * A text that an agent or an object may hold, cut where an unseen character has become an escape. The parts go to the
 * page as text, never as markup; an escape that stands in the text itself is in no part that says `escaped`.
 */
export function visibleParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const found of text.matchAll(UNSEEN)) {
    if (found.index > end) parts.push({ text: text.slice(end, found.index), escaped: false });
    parts.push({ text: escapeOf(found[0]), escaped: true });
    end = found.index + found[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), escaped: false });
  return parts;
}

/** The same as one text, for titles and labels. */
export function visibleText(text: string): string {
  return visibleParts(text)
    .map((part) => part.text)
    .join('');
}
