// SPDX-License-Identifier: Apache-2.0
import { TlogError } from './error.ts';

/** Standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * The bytes of the one canonical spelling: padding present, unused bits zero, no white space.
 * @throws TlogError `ERR_TLOG_BASE64`
 * @see https://www.rfc-editor.org/rfc/rfc4648#section-4
 */
export function decodeBase64(text: string): Uint8Array {
  const bytes = decodeLoosely(text);
  if (bytes === undefined || encodeBase64(bytes) !== text) {
    throw new TlogError('ERR_TLOG_BASE64', 'not canonical base64');
  }
  return bytes;
}

function decodeLoosely(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
