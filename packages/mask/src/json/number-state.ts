// SPDX-License-Identifier: Apache-2.0
import { CLOSE_ARRAY, CLOSE_OBJECT, COMMA, utf8 } from './bytes.ts';

/** Where in a JSON number a scan stands; 0 means "not a number any more". */
export type NumberState = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const REFUSED = 0;
const MINUS = 1;
const ZERO = 2;
const INTEGER = 3;
const POINT = 4;
const FRACTION = 5;
const EXPONENT = 6;
const EXPONENT_SIGN = 7;
const EXPONENT_DIGITS = 8;

const TRUE = utf8('true');
const FALSE = utf8('false');
const NULL = utf8('null');

const COMPLETE: readonly boolean[] = [false, false, true, true, false, true, false, false, true];

/** The state after a number's first byte. */
export function beginNumber(byte: number): NumberState {
  if (byte === 0x2d) return MINUS;
  if (byte === 0x30) return ZERO;
  return isDigit(byte) ? INTEGER : REFUSED;
}

/** The state after one more byte; 0 if the byte does not continue the number. */
export function continueNumber(state: NumberState, byte: number): NumberState {
  if (isDigit(byte)) return afterDigit(state, byte);
  if (byte === 0x2e) return state === ZERO || state === INTEGER ? POINT : REFUSED;
  if (byte === 0x65 || byte === 0x45)
    return state === ZERO || state === INTEGER || state === FRACTION ? EXPONENT : REFUSED;
  if (byte === 0x2b || byte === 0x2d) return state === EXPONENT ? EXPONENT_SIGN : REFUSED;
  return REFUSED;
}

/** Whether a number may end here. */
export function isCompleteNumber(state: NumberState): boolean {
  return COMPLETE[state] === true;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function afterDigit(state: NumberState, byte: number): NumberState {
  if (state === MINUS) return byte === 0x30 ? ZERO : INTEGER;
  if (state === INTEGER) return INTEGER;
  if (state === POINT || state === FRACTION) return FRACTION;
  if (state === ZERO) return REFUSED;
  return EXPONENT_DIGITS;
}

/**
 * Where a whole number without a sign, true, false or null ends that stands at `from` and has a comma or a bracket behind
 * it, before `to`; `from` if none does.
 */
export function afterUsualScalar(bytes: Uint8Array, from: number, to: number): number {
  const first = bytes[from] as number;
  const end = isDigit(first) ? afterWhole(bytes, from, to) : afterLiteral(first, bytes, from, to);
  if (end >= to) return from;
  const next = bytes[end];
  return next === COMMA || next === CLOSE_OBJECT || next === CLOSE_ARRAY ? end : from;
}

function afterWhole(bytes: Uint8Array, from: number, to: number): number {
  let i = from + 1;
  if (bytes[from] !== 0x30) while (i < to && isDigit(bytes[i] as number)) i++;
  return i;
}

function afterLiteral(first: number, bytes: Uint8Array, from: number, to: number): number {
  const literal = first === TRUE[0] ? TRUE : first === NULL[0] ? NULL : FALSE;
  const end = from + literal.length;
  if (end >= to) return from;
  for (let i = from; i < end; i++) if (bytes[i] !== literal[i - from]) return from;
  return end;
}
