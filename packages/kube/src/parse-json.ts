// SPDX-License-Identifier: Apache-2.0
import { KubeError } from './error.ts';
import { JsonNumber, type JsonValue } from './json.ts';

export interface JsonLimits {
  /** Default 3 MiB, the API server's limit on request bodies. */
  readonly maxBytes?: number;
  /** Nested arrays and objects; default 256. */
  readonly maxDepth?: number;
  /** Objects, arrays, strings, numbers, … in all; default 250,000. An empty object in memory is 70 times its text. */
  readonly maxValues?: number;
}

/** Levels that a body may nest. Answers have some more around it, and what says who owns each of its fields. */
export const MAX_BODY_DEPTH = 100;

const defaultMaxBytes = 3 * 1024 * 1024;
const defaultMaxDepth = 256;
const defaultMaxValues = 250_000;

const blank = /[ \t\n\r]*/y;
const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const literals: ReadonlyMap<string, null | boolean> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * Parses one JSON text and loses nothing: numbers keep their text, objects their order. What parsers disagree on is refused:
 * duplicate keys, a byte order mark, bytes that are not UTF-8, lone surrogates. Keys that differ in case are different
 * keys, as they are to the API server (`data.Foo` and `data.foo` of a ConfigMap).
 * @throws KubeError `ERR_KUBE_JSON`, `ERR_KUBE_JSON_DUPLICATE_KEY`, `ERR_KUBE_JSON_TOO_DEEP`, `ERR_KUBE_BODY_TOO_LARGE`
 * @see RFC 8259, RFC 7493 §2
 */
export function parseJson(bytes: Uint8Array, limits: JsonLimits = {}): JsonValue {
  const { maxBytes = defaultMaxBytes, maxDepth = defaultMaxDepth, maxValues = defaultMaxValues } = limits;
  if (bytes.length > maxBytes) throw new KubeError('ERR_KUBE_BODY_TOO_LARGE', `the body is over ${maxBytes} bytes`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new KubeError('ERR_KUBE_JSON', 'the body is not UTF-8');
  }
  return new Parser(text, maxDepth, maxValues).document();
}

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #maxValues: number;
  #values = 0;
  #position = 0;
  #path: (string | number)[] = [];

  constructor(text: string, maxDepth: number, maxValues: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#maxValues = maxValues;
  }

  document(): JsonValue {
    const value = this.#value();
    if (this.#position < this.#text.length) throw this.#malformed();
    return value;
  }

  #value(): JsonValue {
    this.#values += 1;
    if (this.#values > this.#maxValues) {
      throw new KubeError('ERR_KUBE_BODY_TOO_LARGE', `the body has more than ${this.#maxValues} values`);
    }
    this.#match(blank);
    const value = this.#bareValue();
    this.#match(blank);
    return value;
  }

  #bareValue(): JsonValue {
    const first = this.#text[this.#position];
    if (first === '{') return this.#object();
    if (first === '[') return this.#array();
    if (first === '"') return this.#string();
    for (const [word, value] of literals) {
      if (this.#text.startsWith(word, this.#position)) {
        this.#position += word.length;
        return value;
      }
    }
    const number = this.#match(numberToken);
    if (number === undefined) throw this.#malformed();
    return new JsonNumber(number);
  }

  #object(): JsonValue {
    const members = new Map<string, JsonValue>();
    this.#enter('{');
    if (this.#skip('}')) return members;
    do {
      this.#match(blank);
      const key = this.#string();
      this.#path.push(key);
      if (members.has(key)) {
        throw new KubeError('ERR_KUBE_JSON_DUPLICATE_KEY', `the body has a key twice: ${this.#pointer()}`);
      }
      this.#match(blank);
      if (!this.#skip(':')) throw this.#malformed();
      members.set(key, this.#value());
      this.#path.pop();
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#malformed();
    return members;
  }

  #array(): JsonValue {
    const items: JsonValue[] = [];
    this.#enter('[');
    if (this.#skip(']')) return items;
    do {
      this.#path.push(items.length);
      items.push(this.#value());
      this.#path.pop();
    } while (this.#skip(','));
    if (!this.#skip(']')) throw this.#malformed();
    return items;
  }

  #enter(open: string): void {
    this.#skip(open);
    if (this.#path.length >= this.#maxDepth) {
      throw new KubeError('ERR_KUBE_JSON_TOO_DEEP', `the body nests deeper than ${this.#maxDepth} levels`);
    }
    this.#match(blank);
  }

  #string(): string {
    const start = this.#position;
    if (!this.#skip('"')) throw this.#malformed();
    do {
      const quote = this.#text.indexOf('"', this.#position);
      if (quote === -1) throw this.#malformed();
      this.#position = quote + 1;
    } while (this.#isEscaped(this.#position - 1, start));
    const value = decodeString(this.#text.slice(start, this.#position));
    if (value === undefined) throw this.#malformed();
    return value;
  }

  /** Whether an odd number of backslashes stands before a quote. */
  #isEscaped(quote: number, start: number): boolean {
    let first = quote;
    while (first > start + 1 && this.#text[first - 1] === '\\') first -= 1;
    return (quote - first) % 2 === 1;
  }

  #skip(character: string): boolean {
    if (this.#text[this.#position] !== character) return false;
    this.#position += 1;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text)?.[0];
    this.#position += match?.length ?? 0;
    return match;
  }

  #malformed(): KubeError {
    return new KubeError('ERR_KUBE_JSON', `the body is not JSON at character ${this.#position}`);
  }

  /** An RFC 6901 pointer to where the parser stands; each key is cut, because a body may put anything into one. */
  #pointer(): string {
    const steps = this.#path.map((step) => String(step).slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1'));
    return steps.map((step) => `/${step}`).join('');
  }
}

function decodeString(raw: string): string | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'string' && value.isWellFormed() ? value : undefined;
  } catch {
    return undefined;
  }
}
