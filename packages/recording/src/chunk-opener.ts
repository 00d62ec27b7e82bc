// SPDX-License-Identifier: Apache-2.0
import { type Block, headerOf } from './block-reader.ts';
import { openChunk } from './chunk.ts';
import { type ChunkContent, decodePlaintext } from './plaintext.ts';
import type { RecordingCrypto } from './recording-crypto.ts';
import { RecordingError } from './recording-error.ts';
import { keysOf, type RecordingKeys } from './recording-keys.ts';

/** Opens the chunks of one recording. */
export class ChunkOpener {
  readonly #crypto: RecordingCrypto;
  readonly #keys: RecordingKeys;
  readonly #headerDigest: Uint8Array;

  /** @throws RecordingError `ERR_RECORDING_KEY` when `key` is not that of the recording's session */
  constructor(crypto: RecordingCrypto, key: Uint8Array, header: Block) {
    this.#crypto = crypto;
    this.#keys = keysOf(crypto, key, headerOf(header));
    this.#headerDigest = crypto.hash.sha256(header.bytes);
  }

  /** @throws RecordingError `ERR_RECORDING_DAMAGED` */
  open({ number, offset, payload }: Block): ChunkContent {
    const place = { chunk: number, offset };
    const plaintext = openChunk(this.#crypto, this.#keys, { number, headerDigest: this.#headerDigest }, payload);
    if (plaintext === undefined) {
      throw new RecordingError('ERR_RECORDING_DAMAGED', 'the chunk does not open with its key', { place });
    }
    try {
      return decodePlaintext(plaintext);
    } catch (cause) {
      if (!(cause instanceof RecordingError)) throw cause;
      throw new RecordingError('ERR_RECORDING_DAMAGED', cause.message, { place, cause });
    }
  }
}
