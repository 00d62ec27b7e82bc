// SPDX-License-Identifier: Apache-2.0

/**
 * Counts what a command printed that is no text, an archive or an image, so that one line stands for it. A piece with a zero
 * byte is none; terminals use that byte as padding, so this is for what had no terminal.
 */
export class NoText {
  #bytes = 0;

  /** Whether a piece is no text: then it is counted. */
  takes(piece: Uint8Array): boolean {
    if (!piece.includes(0)) return false;
    this.#bytes += piece.length;
    return true;
  }

  /** The line for what was counted since the last one; undefined for nothing. */
  line(): string | undefined {
    const bytes = this.#bytes;
    this.#bytes = 0;
    return bytes === 0 ? undefined : `(${bytes} bytes that are no text)`;
  }
}
