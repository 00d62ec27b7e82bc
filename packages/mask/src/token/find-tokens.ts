// SPDX-License-Identifier: Apache-2.0

import { type JsonEvents, READ_ON } from '../json/json-events.ts';
import { unescapeJson } from '../json/json-string.ts';
import { JsonTokenizer } from '../json/tokenizer.ts';
import { MaskError } from '../mask-error.ts';
import { containsToken } from './contains-token.ts';

/** Where in a write a token stands. */
export interface TokenPlace {
  /**
   * The field, as the API server names fields: `data.password`, `spec.env[0].value`, `metadata.annotations[a.b/c]`;
   * in a JSON patch `[0].value`; "" where the body is no JSON (YAML, say).
   */
  readonly path: string;
}

/** A Status with more causes helps nobody. */
const MAX_PLACES = 32;
/** As deep as the API server reads (its JSON reader stops at 10,000 levels). */
const MAX_DEPTH = 10_000;

/**
 * Finds tokens in the body of a write, whatever its resource, so that it can be refused: in strings and member names,
 * split by escapes, in JSON or YAML inside strings, in base64 (also wrapped over lines, and base64 of base64). Anything
 * that begins like a token counts, so that a truncated one is found too. At most 32 places are named.
 */
export function findTokens(body: Uint8Array): TokenPlace[] {
  const finder = new TokenFinder(body);
  const tokenizer = new JsonTokenizer(finder, { maxDepth: MAX_DEPTH, documents: 'one', arrayAtRoot: true });
  try {
    tokenizer.read(body, 0, body.length, 0);
  } catch (error) {
    if (!(error instanceof MaskError)) throw error;
  }
  if (finder.places.length > 0 || tokenizer.complete) return finder.places;
  return containsToken(body) ? [{ path: '' }] : [];
}

interface Level {
  readonly isArray: boolean;
  count: number;
  key: string;
}

class TokenFinder implements JsonEvents {
  readonly places: TokenPlace[] = [];
  readonly #body: Uint8Array;
  readonly #levels: Level[] = [];
  readonly #decoder = new TextDecoder();

  constructor(body: Uint8Array) {
    this.#body = body;
  }

  onOpen(isArray: boolean): number {
    this.#count();
    this.#levels.push({ isArray, count: 0, key: '' });
    return READ_ON;
  }

  onClose(): void {
    this.#levels.pop();
  }

  onKey(start: number, end: number, escaped: boolean): void {
    const text = this.#text(start, end, escaped);
    const level = this.#levels.at(-1);
    if (level !== undefined) level.key = this.#decoder.decode(text);
    this.#check(text);
  }

  onString(start: number, end: number, escaped: boolean): void {
    this.#count();
    this.#check(this.#text(start, end, escaped));
  }

  onScalar(): void {
    this.#count();
  }

  onDocument(): void {}

  #count(): void {
    const level = this.#levels.at(-1);
    if (level !== undefined) level.count++;
  }

  #check(text: Uint8Array): void {
    if (this.places.length === MAX_PLACES || !containsToken(text)) return;
    const path = this.#levels.map(step).join('').replace(/^\./, '');
    if (this.places.at(-1)?.path !== path) this.places.push({ path });
  }

  #text(start: number, end: number, escaped: boolean): Uint8Array {
    const content = this.#body.subarray(start, end);
    return escaped ? unescapeJson(content) : content;
  }
}

function step(level: Level): string {
  if (level.isArray) return `[${level.count - 1}]`;
  return /^[A-Za-z0-9_-]+$/.test(level.key) ? `.${level.key}` : `[${level.key}]`;
}
