// SPDX-License-Identifier: Apache-2.0

/** What text has of control characters: tab, line breaks, backspace, escape. */
const CONTROLS: ReadonlySet<number> = new Set([0x08, 0x09, 0x0a, 0x0d, 0x1b]);

/**
 * Counts what one output printed that is no text, an archive or an image, so that one line stands for it: a piece with a zero
 * byte, and what follows it until a piece is text throughout. Terminals use that byte as padding, so this is for what had
 * no terminal.
 */
export class NoText {
  #bytes = 0;
  #isInside = false;

  /** Whether a piece is no text: then it is counted. */
  takes(piece: Uint8Array): boolean {
    this.#isInside = this.#isInside ? !isText(piece) : piece.includes(0);
    if (this.#isInside) this.#bytes += piece.length;
    return this.#isInside;
  }

  /** The line for what was counted since the last one; undefined for nothing. */
  line(): string | undefined {
    const bytes = this.#bytes;
    this.#bytes = 0;
    return bytes === 0 ? undefined : `(${bytes} bytes that are no text)`;
  }
}

function isText(piece: Uint8Array): boolean {
  if (piece.some((byte) => byte < 0x20 && !CONTROLS.has(byte))) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(piece);
    return true;
  } catch {
    return false;
  }
}
