// SPDX-License-Identifier: Apache-2.0
import { unescapeJson } from '../json/json-string.ts';
import type { JsonEvents } from '../json/tokenizer.ts';
import type { LeafNode, ListNode, PathNode, RecordNode } from '../rules/path-node.ts';
import { Scope } from './scope.ts';

/** A place that a rule has something to do with. Offsets are the tokenizer's; a string's span includes its quotes. */
export interface Finding {
  readonly leaf: LeafNode;
  readonly scope: Scope;
  readonly start: number;
  readonly end: number;
  readonly form: 'string' | 'key' | 'null' | 'other';
  readonly escaped: boolean;
  /** Span of the member's name, without quotes; for an element of a list, its position stands in `memberStart`. */
  readonly memberStart: number;
  readonly memberEnd: number;
  readonly isElement: boolean;
  /** For cells: whether the column is one of those that show no values. */
  readonly harmlessColumn: boolean;
}

/** Where the walker reads content and what it reports to. */
export interface WalkHost {
  /** Bytes between two offsets of the unit at hand; a view, valid until the next call of `unitEnd`. */
  slice(start: number, end: number): Uint8Array;
  found(finding: Finding): void;
  /** Everything before `end` is complete. */
  unitEnd(end: number): void;
}

interface Frame {
  readonly node: RecordNode | ListNode;
  readonly outerScope: Scope;
  /** Elements begun, for lists. */
  count: number;
}

export interface WalkOptions {
  readonly table: PathNode;
  /** The request's namespace. */
  readonly namespace: Uint8Array;
  /** Whether elements of `items` and `rows` of the document itself are units of their own. */
  readonly unitElements: boolean;
  /** Identity for all objects, where the document lies inside another object. */
  readonly within: Scope | undefined;
  readonly harmlessColumns: readonly string[];
}

/** Follows a path table through a document and reports what rules concern. Holds one frame for each level of a rule. */
export class PathWalker implements JsonEvents {
  readonly #host: WalkHost;
  readonly #options: WalkOptions;
  readonly #frames: Frame[] = [];
  /** Open levels below a value that is kept or masked as a whole. */
  #skipped = 0;
  #skippedFrom = 0;
  #skippedLeaf: LeafNode | undefined;
  #next: PathNode;
  #keyStart = 0;
  #keyEnd = 0;
  #scope: Scope;
  #columns: boolean[] = [];

  constructor(host: WalkHost, options: WalkOptions) {
    this.#host = host;
    this.#options = options;
    this.#next = options.table;
    this.#scope = options.within ?? new Scope(options.namespace);
  }

  onKey(start: number, end: number, escaped: boolean): void {
    const node = this.#frames.at(-1)?.node;
    if (this.#skipped > 0 || node?.kind !== 'record') return;
    this.#keyStart = start;
    this.#keyEnd = end;
    const key = this.#text(start, end, escaped);
    this.#next = node.members.get(key, 0, key.length) ?? node.others;
    if (node.keysRule !== undefined && (key[0] === 0x76 || key[0] === 0x6b) && key[1] === 0x3a) {
      this.#report(node.keysRule, 'key', start - 1, end + 1, escaped);
    }
  }

  onOpen(isArray: boolean, at: number): void {
    if (this.#skipped > 0) {
      this.#skipped++;
      return;
    }
    const node = this.#nodeOfValue();
    if ((node.kind === 'record' && !isArray) || (node.kind === 'list' && isArray)) this.#enter(node, at);
    else {
      this.#skipped = 1;
      this.#skippedFrom = at;
      this.#skippedLeaf = leafFor(node);
    }
  }

  onClose(_isArray: boolean, end: number): void {
    if (this.#skipped > 1) {
      this.#skipped--;
      return;
    }
    if (this.#skipped === 1) {
      this.#skipped = 0;
      if (this.#skippedLeaf !== undefined) this.#report(this.#skippedLeaf, 'other', this.#skippedFrom, end, false);
    } else {
      const frame = this.#frames.pop();
      if (frame !== undefined) this.#scope = frame.outerScope;
    }
    this.#elementEnd(end);
  }

  onString(start: number, end: number, escaped: boolean): void {
    if (this.#skipped > 0) return;
    const leaf = leafFor(this.#nodeOfValue());
    if (leaf === undefined || leaf.treatment === 'plain') return;
    if (leaf.treatment === 'fact' || leaf.treatment === 'column') this.#learn(leaf, this.#text(start, end, escaped));
    else this.#report(leaf, 'string', start - 1, end + 1, escaped);
  }

  onScalar(start: number, end: number): void {
    if (this.#skipped > 0) return;
    const node = this.#nodeOfValue();
    const leaf = leafFor(node);
    if (leaf === undefined || leaf.treatment === 'plain') return;
    const isNull = this.#host.slice(start, start + 1)[0] === 0x6e;
    if (isNull && node.kind !== 'leaf') return;
    if (leaf.treatment === 'fact' || leaf.treatment === 'column')
      this.#learn(leaf, this.#host.slice(start, end).slice());
    else this.#report(leaf, isNull ? 'null' : 'other', start, end, false);
  }

  onDocument(end: number): void {
    this.#next = this.#options.table;
    this.#host.unitEnd(end);
  }

  #nodeOfValue(): PathNode {
    const frame = this.#frames.at(-1);
    if (frame?.node.kind !== 'list') return this.#next;
    frame.count++;
    return frame.node.elements;
  }

  #enter(node: RecordNode | ListNode, at: number): void {
    this.#frames.push({ node, outerScope: this.#scope, count: 0 });
    if (node.kind === 'record') {
      if (node.beginsObject && this.#options.within === undefined) this.#scope = new Scope(this.#options.namespace);
      return;
    }
    if (node.beginsColumns) this.#columns = [];
    if (this.#options.unitElements && node.unitElements && this.#frames.length === 2) this.#host.unitEnd(at + 1);
  }

  #elementEnd(end: number): void {
    const node = this.#frames.at(-1)?.node;
    if (this.#frames.length === 2 && this.#options.unitElements && node?.kind === 'list' && node.unitElements) {
      this.#host.unitEnd(end);
    }
  }

  #learn(leaf: LeafNode, value: Uint8Array): void {
    if (leaf.treatment === 'column') this.#learnColumn(value);
    else if (leaf.fact !== undefined && this.#options.within === undefined)
      this.#scope.remember(leaf.fact, value.slice());
  }

  /** A definition with two names counts as harmless only if both are. */
  #learnColumn(name: Uint8Array): void {
    const position = (this.#frames.at(-2)?.count ?? 0) - 1;
    const text = String.fromCharCode(...name.subarray(0, 64));
    this.#columns[position] = this.#options.harmlessColumns.includes(text) && this.#columns[position] !== false;
  }

  #text(start: number, end: number, escaped: boolean): Uint8Array {
    const content = this.#host.slice(start, end);
    return escaped ? unescapeJson(content) : content;
  }

  #report(leaf: LeafNode, form: Finding['form'], start: number, end: number, escaped: boolean): void {
    const frame = this.#frames.at(-1);
    const isElement = frame?.node.kind === 'list';
    const position = isElement ? frame.count - 1 : 0;
    this.#host.found({
      leaf,
      scope: this.#scope,
      start,
      end,
      form,
      escaped,
      memberStart: isElement ? position : this.#keyStart,
      memberEnd: isElement ? position : this.#keyEnd,
      isElement,
      harmlessColumn: isElement && this.#columns[position] === true,
    });
  }
}

function leafFor(node: PathNode): LeafNode | undefined {
  if (node.kind === 'keep') return undefined;
  return node.kind === 'leaf' ? node : node.malformed;
}
