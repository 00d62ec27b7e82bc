// SPDX-License-Identifier: Apache-2.0
import { decodeBase64, encodeBase64 } from '@countersign/tlog';

/** @see RFC 4648 5, without padding */
export function encodeBase64url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The bytes of a text that is spelled as `encodeBase64url` would; undefined for any other. */
export function decodeBase64url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const padded = text.padEnd(Math.ceil(text.length / 4) * 4, '=');
  try {
    const bytes = decodeBase64(padded.replaceAll('-', '+').replaceAll('_', '/'));
    return encodeBase64url(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}
