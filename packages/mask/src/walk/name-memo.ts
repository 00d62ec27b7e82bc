// SPDX-License-Identifier: Apache-2.0
import { isSecretName } from '../text/secret-name.ts';

const SLOTS = 256;
/** Longer names are judged anew each time. */
const MAX_BYTES = 48;

interface Judged {
  readonly name: Uint8Array;
  readonly isSecret: boolean;
}

/** `isSecretName` for names that come again and again, as members and variables do. Holds at most 256 names. */
export class NameMemo {
  #slots: (Judged | undefined)[] | undefined;

  isSecret(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from > MAX_BYTES) return isSecretName(bytes, from, to);
    const slot = slotOf(bytes, from, to);
    this.#slots ??= new Array<Judged | undefined>(SLOTS).fill(undefined);
    const known = this.#slots[slot];
    if (known !== undefined && isAt(known.name, bytes, from, to)) return known.isSecret;
    const isSecret = isSecretName(bytes, from, to);
    // A Buffer's own slice would be a view of what may change.
    this.#slots[slot] = { name: new Uint8Array(bytes.subarray(from, to)), isSecret };
    return isSecret;
  }
}

function slotOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = to - from;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return (hash >>> 7) & (SLOTS - 1);
}

function isAt(name: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[from + i]) return false;
  return true;
}
