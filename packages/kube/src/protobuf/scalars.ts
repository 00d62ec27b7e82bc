// SPDX-License-Identifier: Apache-2.0
import { JsonNumber, type JsonValue } from '../json.ts';
import { floatText } from './go-text.ts';
import type { Scalar } from './message-types.ts';
import { malformedProtobuf, type WireReader, type WireType } from './wire-reader.ts';

/** A scalar as it was read: `int32` and `int64` are bigints. */
export type ScalarValue = string | boolean | bigint | number | Uint8Array;

export const wireTypeOf: Readonly<Record<Scalar, WireType>> = {
  string: 'bytes',
  bytes: 'bytes',
  bool: 'varint',
  int32: 'varint',
  int64: 'varint',
  float64: 'fixed64',
};

export const zeroOf: Readonly<Record<Scalar, ScalarValue>> = {
  string: '',
  bytes: new Uint8Array(),
  bool: false,
  int32: 0n,
  int64: 0n,
  float64: 0,
};

const PIECE_BYTES = 8_192;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws KubeError `ERR_KUBE_PROTOBUF` */
export function readScalar(reader: WireReader, scalar: Scalar): ScalarValue {
  switch (scalar) {
    case 'string':
      return readText(reader.bytes());
    case 'bytes':
      return reader.bytes();
    case 'bool':
      return readBool(reader.varint());
    case 'int32':
      return readInt32(reader.varint());
    case 'int64':
      return BigInt.asIntN(64, reader.varint());
    case 'float64':
      return reader.float64();
  }
}

export function scalarJson(value: ScalarValue): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return new JsonNumber(value.toString());
  return typeof value === 'number' ? new JsonNumber(floatText(value)) : base64(value);
}

/** In pieces: a call takes only so many arguments, and a text of many parts is slow to read. */
function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES));
  }
  return btoa(binary);
}

/** Empty as Go's `omitempty` has it. */
export function isEmptyScalar(value: ScalarValue): boolean {
  return value instanceof Uint8Array ? value.length === 0 : value === '' || value === false || Number(value) === 0;
}

function readText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformedProtobuf('a text is not UTF-8');
  }
}

function readBool(value: bigint): boolean {
  if (value > 1n) throw malformedProtobuf('a truth value is neither 0 nor 1');
  return value === 1n;
}

/** Negative ones are written with 64 bits. */
function readInt32(value: bigint): bigint {
  const signed = BigInt.asIntN(64, value);
  if (signed !== BigInt.asIntN(32, signed)) throw malformedProtobuf('a number is out of range');
  return signed;
}
