// SPDX-License-Identifier: Apache-2.0
import { RecordingError } from './recording-error.ts';

/** Longest varint: what a safe integer takes at 7 bits a byte. */
const MAX_VARINT_BYTES = 8;

/** How many bytes `varint` writes. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

/** Writes into a buffer that is long enough, front to back. */
export class ByteWriter {
  readonly #target: Uint8Array;
  #offset = 0;

  constructor(target: Uint8Array) {
    this.#target = target;
  }

  get offset(): number {
    return this.#offset;
  }

  byte(value: number): void {
    this.#target[this.#offset] = value;
    this.#offset += 1;
  }

  /** Unsigned LEB128 of a safe integer. */
  varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 128);
    this.byte(rest);
  }

  bytes(value: Uint8Array): void {
    this.#target.set(value, this.#offset);
    this.#offset += value.length;
  }
}

/** Reads what `ByteWriter` wrote; throws where the bytes end too early. */
export class ByteReader {
  readonly #source: Uint8Array;
  #offset = 0;

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#source.length;
  }

  /** @throws RecordingError `ERR_RECORDING_DAMAGED` */
  byte(): number {
    const value = this.#source[this.#offset];
    if (value === undefined) throw malformed('ends within a frame');
    this.#offset += 1;
    return value;
  }

  /** @throws RecordingError `ERR_RECORDING_DAMAGED`, also for a spelling that is longer than it need be */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) {
        if ((byte === 0 && i > 0) || !Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 128;
    }
    throw malformed('has a number that is none');
  }

  /**
   * A view of the next `length` bytes.
   * @throws RecordingError `ERR_RECORDING_DAMAGED`
   */
  bytes(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#source.length) throw malformed('ends within a frame');
    const view = this.#source.subarray(this.#offset, end);
    this.#offset = end;
    return view;
  }
}

export function malformed(what: string): RecordingError {
  return new RecordingError('ERR_RECORDING_DAMAGED', `the plaintext ${what}`);
}
