// SPDX-License-Identifier: Apache-2.0
import { dictionaryId, spdyDictionary } from './dictionary.ts';
import { badSpdy } from './frame.ts';
import type { Inflate } from './inflate.ts';

const WINDOW_BYTES = 32 * 1024;
const DEFLATE_METHOD = 8;
const HAS_DICTIONARY = 0x20;
/** Every header block ends with an empty stored block: the mark of a flush. */
const FLUSH = [0, 0, 0xff, 0xff];

/**
 * The header blocks of one side, which are one zlib stream over the whole connection, flushed after each block. Holds the
 * last 32 KiB of them. A block inflates to at most `maxBytes`; losing one loses the connection.
 * @throws KubeError `ERR_KUBE_SPDY`
 * @see SPDY Protocol Draft 3, §2.6.10.1; RFC 1950
 */
export class HeaderInflater {
  readonly #inflate: Inflate;
  readonly #maxBytes: number;
  #window: Uint8Array | undefined;

  constructor(inflate: Inflate, maxBytes: number) {
    this.#inflate = inflate;
    this.#maxBytes = maxBytes;
  }

  push(block: Uint8Array): Uint8Array {
    const begun = this.#window === undefined ? begin(block) : { window: this.#window, blocks: block };
    const end = begun.blocks.subarray(-FLUSH.length);
    if (!FLUSH.every((byte, index) => end[index] === byte)) throw badSpdy('a header block is not flushed');
    const headers = this.#inflate(begun.blocks, begun.window, this.#maxBytes);
    if (headers === undefined) throw badSpdy(`a header block can't be inflated to at most ${this.#maxBytes} bytes`);
    this.#window = lastBytes(begun.window, headers);
    return headers;
  }
}

/** Reads the zlib head that the first block begins with. */
function begin(block: Uint8Array): { readonly window: Uint8Array; readonly blocks: Uint8Array } {
  const method = block[0] ?? 0;
  const flags = block[1] ?? 0;
  if ((method & 0x0f) !== DEFLATE_METHOD || method >> 4 > 7 || ((method << 8) | flags) % 31 !== 0)
    throw badSpdy('its header blocks are no zlib stream');
  if ((flags & HAS_DICTIONARY) === 0) return { window: new Uint8Array(0), blocks: block.subarray(2) };
  if (block.length < 6 || new DataView(block.buffer, block.byteOffset).getUint32(2) !== dictionaryId)
    throw badSpdy('its header blocks are compressed with another dictionary');
  return { window: spdyDictionary(), blocks: block.subarray(6) };
}

function lastBytes(window: Uint8Array, more: Uint8Array): Uint8Array {
  if (more.length >= WINDOW_BYTES) return more.slice(-WINDOW_BYTES);
  const kept = window.subarray(Math.max(0, window.length + more.length - WINDOW_BYTES));
  const joined = new Uint8Array(kept.length + more.length);
  joined.set(kept);
  joined.set(more, kept.length);
  return joined;
}
