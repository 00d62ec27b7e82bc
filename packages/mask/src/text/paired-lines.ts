// SPDX-License-Identifier: Apache-2.0
import { bytesEqual, utf8 } from '../json/bytes.ts';
import { isBlockMark, isNoValueOf, type LineAssignment, unquoted, type ValueSpan } from './line-shape.ts';
import { isSecretName } from './secret-name.ts';

const DASH = 0x2d;
const NAMES = ['name', 'key', 'Name', 'Key'].map(utf8);
const VALUES = ['value', 'Value', 'default'].map(utf8);
/** So many lines may stand between the two of a pair, where the lines before are at hand and where they are not. */
const MAX_LINES = 64;
const MAX_LINES_AHEAD = 16;

interface Element {
  /** Where the names of its members stand, in their lines. */
  readonly column: number;
  readonly isSecret: boolean;
  readonly value: ValueSpan | undefined;
  readonly lines: number;
}

/**
 * Reads pairs over lines of YAML: `- name: API_TOKEN` and, in whatever order and with other members between them,
 * `value: x`.
 */
export class PairedLines {
  #element: Element | undefined;
  readonly #mayGoBack: boolean;

  /** Only where the lines before are at hand (`mayGoBack`) can a value be told by the name that comes after it. */
  constructor(mayGoBack: boolean) {
    this.#mayGoBack = mayGoBack;
  }

  get isIdle(): boolean {
    return this.#element === undefined;
  }

  /** Whether a line that goes on is of a value, whatever of it is there; nothing is remembered. */
  isValueOfPair(bytes: Uint8Array, from: number, { nameStart, nameEnd, indent }: LineAssignment): boolean {
    const column = nameStart - from;
    const element = this.#elementAt(column, bytes[from + indent] === DASH);
    return element?.isSecret === true && column === element.column && isOne(VALUES, bytes, nameStart, nameEnd);
  }

  /** Counts a line that assigns nothing. */
  pass(): void {
    this.#set(this.#element);
  }

  /** The value of a pair that this line completes; it may stand in a line before. Each line is read once, in order. */
  readLine(bytes: Uint8Array, from: number, assignment: LineAssignment): ValueSpan | undefined {
    const column = assignment.nameStart - from;
    const element = this.#elementAt(column, bytes[from + assignment.indent] === DASH);
    if (element !== undefined && column > element.column) {
      this.#set(element);
      return undefined;
    }
    return this.#readMember(bytes, column, assignment, element);
  }

  /** The element that a line is of, or stands below; undefined where another one begins. */
  #elementAt(column: number, isNext: boolean): Element | undefined {
    const element = this.#element;
    if (element === undefined || column < element.column) return undefined;
    return isNext ? undefined : element;
  }

  #readMember(
    bytes: Uint8Array,
    column: number,
    assignment: LineAssignment,
    element: Element | undefined,
  ): ValueSpan | undefined {
    const { nameStart, nameEnd, valueStart, valueEnd } = assignment;
    const span = unquoted(bytes, valueStart, valueEnd);
    const isName = isOne(NAMES, bytes, nameStart, nameEnd);
    const isValue = isOne(VALUES, bytes, nameStart, nameEnd) && isScalarOf(bytes, assignment, span);
    const isSecret = element?.isSecret === true || (isName && isSecretName(bytes, span.start, span.end));
    const value = isValue ? span : element?.value;
    const isOfPair = this.#mayGoBack ? isName || isValue || element !== undefined : isSecret;
    const next = { column, isSecret, value: this.#mayGoBack ? value : undefined, lines: 0 };
    this.#set(isOfPair ? next : undefined, element);
    return isSecret && (isName || isValue) ? value : undefined;
  }

  #set(element: Element | undefined, before: Element | undefined = element): void {
    const lines = (before?.lines ?? 0) + 1;
    this.#element =
      element === undefined || lines > (this.#mayGoBack ? MAX_LINES : MAX_LINES_AHEAD)
        ? undefined
        : { ...element, lines };
  }
}

/** Whether a value stands in its line, and is none of those that stand for none. */
function isScalarOf(bytes: Uint8Array, assignment: LineAssignment, span: ValueSpan): boolean {
  return !isBlockMark(bytes, span.start, span.end) && !isNoValueOf(bytes, assignment, span);
}

function isOne(names: readonly Uint8Array[], bytes: Uint8Array, from: number, to: number): boolean {
  const name = bytes.subarray(from, to);
  return names.some((known) => bytesEqual(known, name));
}
