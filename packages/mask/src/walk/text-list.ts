// SPDX-License-Identifier: Apache-2.0
import type { LeafNode } from '../rules/path-node.ts';
import type { Scope } from './scope.ts';

const FIRST = 64;

/**
 * Where the strings of a unit stand in which nothing was found at first sight. Once all values of the unit are known, one
 * of them may turn out to stand there too.
 */
export class TextList {
  #spans = new Int32Array(FIRST * 2);
  readonly #leaves: LeafNode[] = [];
  readonly #scopes: Scope[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Takes the span of a string's content, counted from the beginning of the unit. */
  add(leaf: LeafNode, scope: Scope, start: number, end: number): void {
    const at = this.#count * 2;
    if (at === this.#spans.length) this.#grow();
    this.#spans[at] = start;
    this.#spans[at + 1] = end;
    this.#leaves[this.#count] = leaf;
    this.#scopes[this.#count] = scope;
    this.#count++;
  }

  startOf(index: number): number {
    return this.#spans[index * 2] as number;
  }

  endOf(index: number): number {
    return this.#spans[index * 2 + 1] as number;
  }

  leafOf(index: number): LeafNode {
    return this.#leaves[index] as LeafNode;
  }

  scopeOf(index: number): Scope {
    return this.#scopes[index] as Scope;
  }

  clear(): void {
    this.#count = 0;
  }

  #grow(): void {
    const larger = new Int32Array(this.#spans.length * 2);
    larger.set(this.#spans);
    this.#spans = larger;
  }
}
