// SPDX-License-Identifier: Apache-2.0
import type { LeafNode } from '../rules/path-node.ts';
import { mayHoldSecret } from '../text/may-hold-secret.ts';
import { DENSE_TURN_BYTES } from '../turns.ts';
import type { DocumentBytes, Finding } from './finding.ts';
import type { Scope } from './scope.ts';
import { TextList } from './text-list.ts';
import type { WalkHost } from './walk-host.ts';

/** Nothing shorter is masked for what it contains. */
const SHORTEST_TEXT = 8;

/** What a walk has told of one unit of a document. */
export interface NotedUnit {
  readonly source: DocumentBytes;
  /** Where it begins. */
  readonly start: number;
  /** In the order of their places. */
  readonly findings: readonly Finding[];
  readonly texts: TextList;
}

/** Takes what a walk tells of one unit after another. */
export class UnitNotes implements WalkHost, NotedUnit {
  findings: Finding[] = [];
  texts: TextList = new TextList();
  readonly source: DocumentBytes;
  readonly #onUnit: (end: number) => void;
  #start = 0;
  #searched = 0;

  constructor(source: DocumentBytes, onUnit: (end: number) => void) {
    this.source = source;
    this.#onUnit = onUnit;
  }

  /** Where the unit begins. */
  get start(): number {
    return this.#start;
  }

  /** How many bytes of findings have to be searched: what is masked as it stands is not. */
  get searchedBytes(): number {
    return this.#searched;
  }

  found(finding: Finding): void {
    this.findings.push(finding);
    if (finding.leaf.treatment !== 'base64') this.#searched += finding.end - finding.start;
  }

  isOfConcern(leaf: LeafNode, scope: Scope, start: number, end: number, escaped: boolean): boolean {
    // Of a cell, what stands beside it says what it shows, however short it is.
    if (leaf.treatment === 'any-cell') return true;
    if (end - start < SHORTEST_TEXT) return false;
    // To look through a long text takes turns.
    if (end - start > DENSE_TURN_BYTES) return true;
    const { bytes, base } = this.source;
    if (mayHoldSecret(bytes, start - base, end - base)) return true;
    if (!escaped) this.texts.add(leaf, scope, start - this.#start, end - this.#start);
    return false;
  }

  unitEnd(end: number): void {
    this.#onUnit(end);
  }

  /** Gives away what was noted of a unit, and begins the next. */
  take(end: number): NotedUnit {
    const unit: NotedUnit = { source: this.source, start: this.#start, findings: this.findings, texts: this.texts };
    this.findings = [];
    this.texts = new TextList();
    this.#searched = 0;
    this.#start = end;
    return unit;
  }

  /** Begins the next unit. */
  begin(start: number): void {
    this.findings.length = 0;
    this.texts.clear();
    this.#searched = 0;
    this.#start = start;
  }
}
