// SPDX-License-Identifier: Apache-2.0

/**
 * Whether at least three of four bytes are text in UTF-8: what comes by chance behind the name of a secret, in a program
 * or an image, is none. A character that is broken off at the end counts.
 * @see RFC 3629 §3
 */
export function isText(bytes: Uint8Array, from: number, to: number): boolean {
  let other = 0;
  for (let at = from; at < to; ) {
    const length = characterLength(bytes[at] as number);
    const end = Math.min(to, at + Math.max(1, length));
    let next = at + 1;
    while (next < end && ((bytes[next] as number) & 0xc0) === 0x80) next++;
    if (length === 0 || next < end) other += next - at;
    at = next;
  }
  return other * 4 <= to - from;
}

/** How many bytes a character has that begins so; 0 if none does. */
function characterLength(first: number): number {
  if (first < 0x80) return first >= 0x20 || first === 0x09 ? 1 : 0;
  if (first < 0xc2 || first > 0xf4) return 0;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
