// SPDX-License-Identifier: Apache-2.0
import { copyRange } from '../json/bytes.ts';
import type { LeafNode, PathNode } from '../rules/path-node.ts';
import type { DocumentBytes } from './finding.ts';
import type { Frame } from './frame.ts';
import type { Scope } from './scope.ts';
import type { TextList } from './text-list.ts';

/** Of pairs of places. A new tree takes the first of its pair, and what stood there the second. */
const PAIRS = 512;
/** The beginning of a tree tells in which pair it is: so many words of a long one, fewer of a short one. */
const LONG_WORDS = 16;
const SHORT_WORDS = 8;
const WORD = 4;
/** As many bytes are compared at once. */
const DOUBLE = 8;
const LONG_BYTES = LONG_WORDS * WORD;
const MIN_BYTES = SHORT_WORDS * WORD;
const MAX_BYTES = 4 * 1024;

/** A document under way. */
export interface NotedDocument {
  /** Where its bytes are, from the beginning of the unit at hand on. */
  readonly source: DocumentBytes;
  /** Where the unit at hand begins. */
  readonly start: number;
  /** Where in the unit those strings stand that were only looked into. */
  readonly texts: TextList;
}

/** One object or array that was read, and where its texts stand in it. */
export class RepeatedTree {
  length = 0;
  /** How deeply it is nested, itself included. */
  levels = 0;
  #node: PathNode | undefined;
  #bytes = new DataView(new ArrayBuffer(0));
  #spans = new Int32Array(0);
  readonly #leaves: LeafNode[] = [];
  #texts = 0;

  take(node: PathNode, bytes: Uint8Array, from: number, to: number, levels: number): void {
    this.#node = node;
    this.levels = levels;
    this.length = to - from;
    if (this.#bytes.byteLength < this.length) {
      this.#bytes = new DataView(new ArrayBuffer(Math.min(MAX_BYTES, this.length * 2)));
    }
    copyRange(bytes, from, to, new Uint8Array(this.#bytes.buffer), 0);
  }

  /** Takes those of `texts` from `first` on; the tree begins at `start` of their unit. */
  takeTexts(texts: TextList, first: number, start: number): void {
    this.#texts = texts.count - first;
    if (this.#spans.length < this.#texts * 2) this.#spans = new Int32Array(this.#texts * 4);
    for (let index = 0; index < this.#texts; index++) {
      this.#spans[index * 2] = texts.startOf(first + index) - start;
      this.#spans[index * 2 + 1] = texts.endOf(first + index) - start;
      this.#leaves[index] = texts.leafOf(first + index);
    }
  }

  /** Notes its texts, where it stands again, at `at`. */
  putTexts({ texts, start }: NotedDocument, scope: Scope, at: number): void {
    const spans = this.#spans;
    const by = at - start;
    for (let index = 0; index < this.#texts; index++) {
      const leaf = this.#leaves[index] as LeafNode;
      texts.add(leaf, scope, by + (spans[index * 2] as number), by + (spans[index * 2 + 1] as number));
    }
  }

  /**
   * Whether it stands at `at` of some bytes, and ends by `limit`. Eight bytes are compared at once, as a number: two are
   * equal only if their bits are, since zero, which has two spellings, would take NULs, and a tree has none.
   */
  standsAt(node: PathNode, bytes: DataView, at: number, limit: number): boolean {
    const { length } = this;
    if (this.#node !== node || at + length > limit) return false;
    const own = this.#bytes;
    // At its end first, where most of those differ that only begin alike.
    const last = length - DOUBLE;
    if (own.getFloat64(last, true) !== bytes.getFloat64(at + last, true)) return false;
    let i = 0;
    while (i < last && own.getFloat64(i, true) === bytes.getFloat64(at + i, true)) i += DOUBLE;
    return i >= last;
  }
}

/** Trees by the key of how they begin. */
class KeyedTrees {
  readonly #keys = new Int32Array(PAIRS * 2);
  readonly #trees = new Array<RepeatedTree | undefined>(PAIRS * 2).fill(undefined);

  /** The one that stands at `from` of some bytes, whose key is `key`, and ends by `to`. */
  find(key: number, node: PathNode, bytes: DataView, from: number, to: number): RepeatedTree | undefined {
    const pair = pairOf(key);
    for (let at = pair; at < pair + 2; at++) {
      if (this.#keys[at] !== key) continue;
      const tree = this.#trees[at];
      if (tree?.standsAt(node, bytes, from, to) === true) return tree;
    }
    return undefined;
  }

  /** A place for another one; what it held is forgotten. */
  make(key: number): RepeatedTree {
    const pair = pairOf(key);
    const tree = this.#trees[pair + 1] ?? new RepeatedTree();
    this.#trees[pair + 1] = this.#trees[pair];
    this.#keys[pair + 1] = this.#keys[pair] as number;
    this.#trees[pair] = tree;
    this.#keys[pair] = key;
    return tree;
  }
}

/**
 * Objects and arrays of a list in which nothing was found, to be passed where the same bytes stand again under the same
 * rule: most of what an item of a list says, one before has said too. Holds at most 1,024 of up to 4 KiB each, and as many
 * of under 64 bytes.
 */
export class RepeatedTrees {
  readonly #long = new KeyedTrees();
  readonly #short = new KeyedTrees();
  #viewed: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#viewed.buffer);

  /** The one that stands at `at` and ends by `limit`. */
  find({ source }: NotedDocument, node: PathNode, at: number, limit: number): RepeatedTree | undefined {
    const from = at - source.base;
    const to = limit - source.base;
    if (from + MIN_BYTES > to) return undefined;
    const view = this.#viewOf(source.bytes);
    const key = keyOf(view, from, 0, SHORT_WORDS, 0);
    const short = this.#short.find(key, node, view, from, to);
    if (short !== undefined || from + LONG_BYTES > to) return short;
    return this.#long.find(keyOf(view, from, SHORT_WORDS, LONG_WORDS, key), node, view, from, to);
  }

  /** Takes what ends at `end`, if it has the size of what is kept. */
  add({ source, texts, start }: NotedDocument, { node, openAt, firstText, levels }: Frame, end: number): void {
    const length = end - openAt;
    if (node === undefined || length < MIN_BYTES || length > MAX_BYTES) return;
    const from = openAt - source.base;
    const view = this.#viewOf(source.bytes);
    const isLong = length >= LONG_BYTES;
    const key = keyOf(view, from, 0, isLong ? LONG_WORDS : SHORT_WORDS, 0);
    const tree = (isLong ? this.#long : this.#short).make(key);
    tree.take(node, source.bytes, from, from + length, levels);
    tree.takeTexts(texts, firstText, openAt - start);
  }

  #viewOf(bytes: Uint8Array): DataView {
    if (this.#viewed !== bytes) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    return this.#view;
  }
}

/** Of the words from the `first` on, and of those before them, whose key is `before`. */
function keyOf(bytes: DataView, from: number, first: number, last: number, before: number): number {
  let key = before;
  for (let word = first; word < last; word++) {
    key = Math.imul(key ^ bytes.getInt32(from + word * WORD, true), 0x9e3779b1);
  }
  return key;
}

function pairOf(key: number): number {
  return ((key ^ (key >>> 15)) & (PAIRS - 1)) << 1;
}
