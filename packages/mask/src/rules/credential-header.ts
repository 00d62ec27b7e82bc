// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';

const HEADERS: readonly Uint8Array[] = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie'].map(utf8);

/** Whether `bytes[from, to)` is the name of an HTTP header that carries a credential, in any case. */
export function isCredentialHeader(bytes: Uint8Array, from: number, to: number): boolean {
  return HEADERS.some((header) => {
    if (header.length !== to - from) return false;
    for (let i = 0; i < header.length; i++) if (header[i] !== ((bytes[from + i] as number) | 0x20)) return false;
    return true;
  });
}
