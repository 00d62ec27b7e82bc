// SPDX-License-Identifier: Apache-2.0
import type { ByteSink } from '../json/byte-sink.ts';
import { utf8 } from '../json/bytes.ts';
import { maskText, type TextHit } from '../text/text-hit.ts';
import type { TextMaskerOptions } from '../text/text-masker.ts';
import { type ObjectIdentity, TokenMinter } from '../token/token.ts';
import { IS_CONTROL, nextControl } from './control-bytes.ts';
import { ESC, EscapeSequence } from './escape-sequence.ts';

/** Writes a line on, with a mask in the place of each hit, and counts them. */
export class HitWriter {
  readonly #sink: ByteSink;
  readonly #minter: TokenMinter;
  readonly #identity: ObjectIdentity;
  readonly #counts: Record<string, number> = {};
  readonly #sequence = new EscapeSequence();
  #isMasking = false;

  constructor({ hmac, source }: TextMaskerOptions, sink: ByteSink) {
    const { cluster, resource, namespace, name, part } = source;
    this.#sink = sink;
    this.#minter = new TokenMinter({ hmac, cluster, group: '', version: 'v1', resource, nonce: undefined });
    this.#identity = { namespace: utf8(namespace), name: utf8(name), uid: utf8(part) };
  }

  /** Whether what was written last is a mask: a hit that goes on from there has its mask already. */
  get isMasking(): boolean {
    return this.#isMasking;
  }

  counts(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }

  endLine(): void {
    this.#isMasking = false;
  }

  /** Writes `bytes[from, to)`. Of a hit that began before, only the rest is there to be masked. */
  write(bytes: Uint8Array, from: number, to: number, hits: readonly TextHit[]): void {
    let at = from;
    for (const hit of hits) {
      if (hit.end <= at || hit.start >= to) continue;
      const start = Math.max(at, hit.start);
      const end = Math.min(to, hit.end);
      if (start > at) this.#isMasking = false;
      this.#sink.putRange(bytes, at, start);
      if (!(this.#isMasking && hit.start < start)) this.#putMask(hit, bytes, start, end);
      this.#putSequences(bytes, start, end);
      this.#isMasking = true;
      at = end;
    }
    this.#minter.forgetValues();
    if (to > at) this.#isMasking = false;
    this.#sink.putRange(bytes, at, to);
  }

  #putMask({ tokenClass, form, detector }: TextHit, bytes: Uint8Array, start: number, end: number): void {
    const value = { spelling: 'raw', bytes: this.#valueOf(bytes, start, end) } as const;
    this.#sink.put(maskText(form, this.#minter.mint(tokenClass, this.#identity, value)));
    this.#counts[detector] = (this.#counts[detector] ?? 0) + 1;
  }

  /** A value without the control bytes and sequences in it. */
  #valueOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
    if (nextControl(bytes, start, end) === end) return bytes.subarray(start, end);
    const value = new Uint8Array(end - start);
    let length = 0;
    for (let at = start; at < end; ) {
      const byte = bytes[at] as number;
      if (IS_CONTROL[byte] === 0) value[length++] = byte;
      at = byte === ESC ? this.#afterSequence(bytes, at, end) : at + 1;
    }
    return value.subarray(0, length);
  }

  /** Sequences that a value contained, such as those of colours: not those that move in it, or have a text of their own. */
  #putSequences(bytes: Uint8Array, start: number, end: number): void {
    for (let at = nextControl(bytes, start, end); at < end; at = nextControl(bytes, at, end)) {
      const after = bytes[at] === ESC ? this.#afterSequence(bytes, at, end) : at + 1;
      const { kind, isOpen, final } = this.#sequence;
      const isKept = bytes[at] === ESC && !isOpen && final !== 0 && (kind === 'other' || kind === 'row');
      if (isKept) this.#sink.putRange(bytes, at, after);
      at = after;
    }
  }

  #afterSequence(bytes: Uint8Array, at: number, to: number): number {
    this.#sequence.begin();
    this.#sequence.read(bytes, at, to);
    return this.#sequence.end;
  }
}
