// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '../error.ts';

/** How a field's value is laid out; groups and 32-bit values stand in no Kubernetes message. */
export type WireType = 'varint' | 'fixed64' | 'bytes';

const WIRE_TYPES: readonly (WireType | undefined)[] = ['varint', 'fixed64', 'bytes'];
const MAX_VARINT_BYTES = 10;
const MAX_UINT64 = (1n << 64n) - 1n;

/** What is refused of a protobuf body; the message never holds a value of it. */
export function malformedProtobuf(why: string): KubeError {
  return new KubeError('ERR_KUBE_PROTOBUF', `the body is not the protobuf that it says it is: ${why}`);
}

/**
 * Reads one message's fields, in the order in which they stand.
 * @throws KubeError `ERR_KUBE_PROTOBUF`
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class WireReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  tag(): { readonly number: number; readonly wireType: WireType } {
    const tag = this.varint();
    const wireType = WIRE_TYPES[Number(tag & 7n)];
    const number = Number(tag >> 3n);
    if (wireType === undefined || number === 0 || number > 0x1fff_ffff) throw malformedProtobuf('a bad tag');
    return { number, wireType };
  }

  varint(): bigint {
    let value = 0n;
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      const byte = this.#bytes[this.#position];
      if (byte === undefined) throw malformedProtobuf('it is cut off');
      this.#position += 1;
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) {
        if (value > MAX_UINT64) break;
        return value;
      }
    }
    throw malformedProtobuf('a number is too long');
  }

  float64(): number {
    const bytes = this.#take(8n);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    return this.#take(this.varint());
  }

  #take(length: bigint): Uint8Array {
    if (length > BigInt(this.#bytes.length - this.#position)) throw malformedProtobuf('it is cut off');
    const start = this.#position;
    this.#position += Number(length);
    return this.#bytes.subarray(start, this.#position);
  }
}
