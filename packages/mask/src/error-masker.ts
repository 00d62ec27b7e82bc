// SPDX-License-Identifier: Apache-2.0
import { ByteSink } from './json/byte-sink.ts';
import { utf8 } from './json/bytes.ts';
import type { LearnedValues } from './learned/learned-values.ts';
import { MaskError } from './mask-error.ts';
import type { Masker } from './masker.ts';
import { joinHits, maskText, type TextHit } from './text/text-hit.ts';
import type { TextMaskerOptions } from './text/text-masker.ts';
import { TextScanner } from './text/text-scanner.ts';
import { TokenMinter } from './token/token.ts';
import { atOnce } from './turns.ts';
import { learnedIn } from './walk/known-in.ts';
import { quotedValues } from './walk/quoted-field.ts';
import { spokenPasswords } from './walk/spoken-password.ts';
import type { Span } from './walk/value-index.ts';
import { withheldWords } from './walk/withheld-words.ts';

/** No server says more in an error that is no JSON; what is read at once takes a few milliseconds. */
const MAX_BYTES = 16 * 1024;
/** What is dropped of a longer one before the answer is broken off. */
const MAX_DROPPED = 1024 * 1024;
const WITHHELD = utf8(`the words of this error were withheld, as they are more than ${MAX_BYTES} bytes\n`);
const NOTHING = new Uint8Array(0);

export interface ErrorMaskerOptions extends TextMaskerOptions {
  /** As of `MaskerOptions`. */
  readonly nonce?: Uint8Array;
  /** Values that this exchange has seen already. */
  readonly learned?: LearnedValues;
}

/**
 * A masker for an error that came as plain text, where an object's Status was to come: what detectors find, what it quotes
 * of secret fields, objects, all but its first line, and values that are known. It holds all of it,
 * at most 16 KiB: of a longer error nothing is told but that it was one.
 */
export function createErrorMasker(options: ErrorMaskerOptions): Masker {
  return new ErrorMasker(options);
}

class ErrorMasker implements Masker {
  readonly #options: ErrorMaskerOptions;
  readonly #held = new ByteSink();
  #bytes = 0;
  readonly #counts: Record<string, number> = {};
  #state: 'open' | 'ended' | 'failed' = 'open';

  constructor(options: ErrorMaskerOptions) {
    this.#options = options;
  }

  write(chunk: Uint8Array): Uint8Array {
    this.#assertOpen();
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_DROPPED) {
      this.#state = 'failed';
      throw new MaskError('ERR_MASK_ITEM_TOO_LARGE', `an error in plain text has more than ${MAX_DROPPED} bytes`);
    }
    if (this.#bytes <= MAX_BYTES) this.#held.put(chunk);
    return NOTHING;
  }

  *writeInTurns(chunk: Uint8Array): Generator<Uint8Array> {
    yield this.write(chunk);
  }

  end(): Uint8Array {
    this.#assertOpen();
    this.#state = 'ended';
    if (this.#bytes > MAX_BYTES) return WITHHELD.slice();
    const text = this.#held.take();
    const { hmac, source, nonce } = this.#options;
    const { cluster, resource, namespace, name, part } = source;
    const minter = new TokenMinter({ hmac, cluster, group: '', version: 'v1', resource, nonce });
    const identity = { namespace: utf8(namespace), name: utf8(name), uid: utf8(part) };
    const masked = new ByteSink();
    let at = 0;
    for (const { start, end, detector, tokenClass, form } of this.#hitsIn(text)) {
      masked.putRange(text, at, start);
      const value = { spelling: 'raw', bytes: text.subarray(start, end) } as const;
      masked.put(maskText(form, minter.mint(tokenClass, identity, value)));
      this.#counts[detector] = (this.#counts[detector] ?? 0) + 1;
      at = end;
    }
    masked.putRange(text, at, text.length);
    return masked.take();
  }

  heldBytes(): number {
    return 0;
  }

  counts(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }

  #hitsIn(text: Uint8Array): readonly TextHit[] {
    const { inflate, learned } = this.#options;
    const found = new TextScanner(inflate).scanText(text);
    const quoted = atOnce(quotedValues(text, false));
    const withheld = withheldWords(text, quoted);
    const said = [...quoted, ...atOnce(spokenPasswords(text)), ...(withheld === undefined ? [] : [withheld])];
    return joinHits([
      ...found,
      ...said.map((span) => hitOf(span, 'quoted-value', 'field')),
      ...learnedIn(text, learned).map((span) => hitOf(span, 'known-value', 'text')),
    ]);
  }

  #assertOpen(): void {
    if (this.#state !== 'open') throw new MaskError('ERR_MASK_ENDED', `this masker has ${this.#state} already`);
  }
}

function hitOf({ start, end }: Span, detector: string, tokenClass: 'field' | 'text'): TextHit {
  return { start, end, detector, tokenClass, form: 'text' };
}
