// SPDX-License-Identifier: Apache-2.0
import type { LeafNode } from '../rules/path-node.ts';
import { mayHoldSecret } from '../text/may-hold-secret.ts';
import type { DocumentBytes, Finding } from './finding.ts';
import type { WalkHost } from './path-walker.ts';
import type { Scope } from './scope.ts';
import { TextList } from './text-list.ts';

/** Nothing shorter is masked for what it contains. */
const SHORTEST_TEXT = 8;

/** What a walk tells of one unit of a document. */
export class UnitNotes implements WalkHost {
  /** In the order of their places. */
  readonly findings: Finding[] = [];
  readonly texts: TextList = new TextList();
  readonly source: DocumentBytes;
  readonly #onUnit: (end: number) => void;
  #start = 0;

  constructor(source: DocumentBytes, onUnit: (end: number) => void) {
    this.source = source;
    this.#onUnit = onUnit;
  }

  /** Where the unit begins. */
  get start(): number {
    return this.#start;
  }

  found(finding: Finding): void {
    this.findings.push(finding);
  }

  isOfConcern(leaf: LeafNode, scope: Scope, start: number, end: number, escaped: boolean): boolean {
    if (end - start < SHORTEST_TEXT) return false;
    const { bytes, base } = this.source;
    if (mayHoldSecret(bytes, start - base, end - base)) return true;
    if (!escaped) this.texts.add(leaf, scope, start - this.#start, end - this.#start);
    return false;
  }

  unitEnd(end: number): void {
    this.#onUnit(end);
  }

  /** Begins the next unit. */
  begin(start: number): void {
    this.findings.length = 0;
    this.texts.clear();
    this.#start = start;
  }
}
