// SPDX-License-Identifier: Apache-2.0
import { bytesEqual, utf8 } from '../json/bytes.ts';
import { unescapeJson } from '../json/json-string.ts';
import { type JsonEvents, JsonTokenizer } from '../json/tokenizer.ts';
import { MaskError } from '../mask-error.ts';
import { decodeBase64, isCanonicalBase64 } from '../text/base64.ts';
import { LearnedValues } from './learned-values.ts';

const VALUE_MEMBERS: readonly Uint8Array[] = ['data', 'stringData', 'value'].map(utf8);
const MAX_DEPTH = 128;

/**
 * Learns the values that a write on a Secret path carries: all strings below `data`, `stringData` and (in a JSON patch)
 * `value`, at any depth, each as it is and decoded where it is base64. A body that is no JSON teaches what stands
 * before the first error.
 */
export function learnFromWrite(body: Uint8Array): LearnedValues {
  const learner = new WriteLearner(body);
  const tokenizer = new JsonTokenizer(learner, { maxDepth: MAX_DEPTH, documents: 'one', arrayAtRoot: true });
  try {
    tokenizer.read(body, 0, body.length, 0);
  } catch (error) {
    if (!(error instanceof MaskError)) throw error;
  }
  return learner.learned;
}

class WriteLearner implements JsonEvents {
  readonly learned = new LearnedValues();
  readonly #body: Uint8Array;
  #depth = 0;
  /** Depth of the member whose value is being learned; 0 for none. */
  #within = 0;

  constructor(body: Uint8Array) {
    this.#body = body;
  }

  onOpen(): void {
    this.#depth++;
  }

  onClose(): void {
    this.#depth--;
    if (this.#depth < this.#within) this.#within = 0;
  }

  onKey(start: number, end: number, escaped: boolean): void {
    if (this.#within > 0 && this.#depth > this.#within) return;
    const key = this.#text(start, end, escaped);
    this.#within = VALUE_MEMBERS.some((member) => bytesEqual(member, key)) ? this.#depth : 0;
  }

  onString(start: number, end: number, escaped: boolean): void {
    if (this.#within === 0) return;
    const text = this.#text(start, end, escaped);
    this.learned.add(text);
    if (isCanonicalBase64(text)) this.learned.add(decodeBase64(text));
  }

  onScalar(): void {}

  onDocument(): void {}

  #text(start: number, end: number, escaped: boolean): Uint8Array {
    const content = this.#body.subarray(start, end);
    return escaped ? unescapeJson(content) : content;
  }
}
