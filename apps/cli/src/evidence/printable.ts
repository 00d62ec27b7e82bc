// SPDX-License-Identifier: Apache-2.0

const MAX_SHOWN = 400;

/**
 * Text from a log as it may go to a terminal: printable ASCII stays, everything else (escape sequences, line breaks,
 * marks that turn the direction of text) becomes `\u{…}`. Cut after 400 characters.
 */
export function printable(text: string): string {
  return printableWhole(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
}

/** As {@link printable}, nothing cut: of texts that are bounded, of which all must be seen. */
export function printableWhole(text: string): string {
  return text.replace(/[^ -[\]-~…]|\\/gu, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\\') return '\\\\';
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** JSON in ASCII: the same value for a program, harmless for a terminal. Integers over 2^53 become decimal strings. */
export function asciiJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? numeral(member) : member), indent);
  return json.replace(/[^ -~\n]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function numeral(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}
