// SPDX-License-Identifier: Apache-2.0

/** C0, DEL and C1, and the marks that turn the direction of text or hide it. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text that may hold what a caller wrote, as it may go to a terminal or a page: nothing in it is hidden. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same for text of several lines, as upstream writes them: its line feeds stay. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visibleText).join('\n');
}
