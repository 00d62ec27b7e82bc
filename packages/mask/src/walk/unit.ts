// SPDX-License-Identifier: Apache-2.0
import type { ByteSink } from '../json/byte-sink.ts';
import { joinBytes, utf8 } from '../json/bytes.ts';
import { putJsonString } from '../json/json-string.ts';
import type { LeafNode } from '../rules/path-node.ts';
import { safeCauseText, safeStatusText } from '../rules/status-text.ts';
import { encodeBase64 } from '../text/base64.ts';
import type { Value } from '../token/token.ts';
import type { AnswerContext } from './answer-context.ts';
import { applyEdits, type Edit, joinEdits } from './edits.ts';
import { type DocumentBytes, type Finding, type FoundIn, textOf, UNNAMED } from './finding.ts';
import { knownIn } from './known-in.ts';
import { type Reading, readFinding } from './reading.ts';
import type { Scope } from './scope.ts';
import type { UnitNotes } from './unit-notes.ts';
import type { UnitValues } from './unit-values.ts';

const SET_VALUE_START = utf8('v:"');
const SET_VALUE_END = utf8('"');
const NO_EDITS: readonly Edit[] = [];
const SERVER_ERROR = 500;

interface Place {
  readonly finding: Finding;
  readonly reading: Reading;
  readonly inner: Unit | undefined;
}

/**
 * One unit of an answer (an object, an item, a row, an event), complete in memory. First every masked value of the
 * unit, and of JSON inside it, is collected; then the unit is rendered, so that texts can be scanned for all of them.
 */
export class Unit implements FoundIn {
  readonly #context: AnswerContext;
  readonly #notes: UnitNotes;
  readonly source: DocumentBytes;
  readonly depth: number;
  #places: Place[] = [];

  constructor(context: AnswerContext, notes: UnitNotes, depth = 0) {
    this.#context = context;
    this.#notes = notes;
    this.source = notes.source;
    this.depth = depth;
  }

  /** Reads all findings; adds the values that they mask. */
  collect(values: UnitValues): void {
    for (const finding of this.#notes.findings) {
      const text = textOf(finding, this.source);
      const reading = readFinding(finding, text, this.#context, this);
      if (reading.kind === 'nothing') continue;
      if (reading.kind === 'whole') this.#add(values, reading.value, finding.leaf);
      if (reading.kind === 'parts') for (const { value } of reading.edits) values.addIfDistinctive(value);
      this.#places.push({
        finding,
        reading,
        inner: reading.kind === 'document' ? this.#open(reading, values) : undefined,
      });
    }
  }

  /** Writes the unit's bytes from `start` to `end`, with replacements; false if there were none. */
  render(start: number, end: number, values: UnitValues, sink: ByteSink): boolean {
    this.#findKnown(values);
    let at = start;
    for (const place of this.#places) {
      const text = this.#replacement(place, values);
      if (text === undefined) continue;
      this.#put(sink, at, place.finding.start);
      putJsonString(sink, text);
      at = place.finding.end;
    }
    this.#put(sink, at, end);
    return at !== start;
  }

  #add(values: UnitValues, value: Value, leaf: LeafNode): void {
    if (this.#context.isStrict) {
      if (leaf.treatment === 'base64' || leaf.treatment === 'text') values.add(value);
    } else values.addIfDistinctive(value);
  }

  #open({ notes }: Reading & { kind: 'document' }, values: UnitValues): Unit {
    const unit = new Unit(this.#context, notes, this.depth + 1);
    unit.collect(values);
    return unit;
  }

  /** Strings that looked harmless, and hold a value that another string of the unit has to hide. */
  #findKnown(values: UnitValues): void {
    const { texts } = this.#notes;
    const { learned } = this.#context;
    const { bytes, base } = this.source;
    const isAnyLearned = learned !== undefined && learned.size > 0;
    if (texts.count === 0 || (values.size === 0 && !isAnyLearned)) return;
    const count = this.#places.length;
    for (let index = 0; index < texts.count; index++) {
      const start = this.#notes.start + texts.startOf(index);
      const end = this.#notes.start + texts.endOf(index);
      if (!isAnyLearned && !values.mayBeIn(bytes, start - base, end - base)) continue;
      const text = this.#slice(start, end);
      if (!values.areIn(text) && learned?.isIn(text) !== true) continue;
      const finding = plainFinding(texts.leafOf(index), texts.scopeOf(index), start - 1, end + 1);
      this.#places.push({ finding, reading: { kind: 'parts', text, edits: NO_EDITS }, inner: undefined });
    }
    if (this.#places.length > count) this.#places.sort((a, b) => a.finding.start - b.finding.start);
  }

  /** Text of the string that takes a finding's place; `undefined` if it stays as it is. */
  #replacement({ finding, reading, inner }: Place, values: UnitValues): Uint8Array | undefined {
    switch (reading.kind) {
      case 'whole':
        return this.#whole(finding, reading.value);
      case 'document':
        return inner === undefined ? undefined : this.#document(inner, reading.text.length, values);
      case 'status':
        return this.#statusText(finding, reading, values);
      case 'parts':
        return this.#parts(finding, reading, values);
      default:
        return undefined;
    }
  }

  #whole(finding: Finding, value: Value): Uint8Array {
    const { leaf, scope, form } = finding;
    this.#context.count(leaf.rule);
    const token = this.#context.minter.mint(leaf.tokenClass, scope, value);
    if (form === 'key') return joinBytes([SET_VALUE_START, token, SET_VALUE_END]);
    return leaf.treatment === 'base64' ? encodeBase64(token) : token;
  }

  #document(inner: Unit, length: number, values: UnitValues): Uint8Array | undefined {
    const sink = this.#context.sinkAt(this.depth);
    sink.clear();
    return inner.render(0, length, values, sink) ? sink.view() : undefined;
  }

  #parts(
    { scope, leaf }: Finding,
    { text, edits }: Reading & { kind: 'parts' },
    values: UnitValues,
  ): Uint8Array | undefined {
    const known = knownIn(text, leaf, values, this.#context);
    const joined = known.length === 0 ? edits : joinEdits(text, [...edits, ...known]);
    if (joined.length === 0) return undefined;
    return applyEdits(text, joined, ({ rule, tokenClass, value }) => {
      this.#context.count(rule);
      return this.#context.minter.mint(tokenClass, scope, value);
    });
  }

  #statusText(finding: Finding, reading: Reading & { kind: 'status' }, values: UnitValues): Uint8Array | undefined {
    const { leaf, scope } = finding;
    const isServerError = Number(String.fromCharCode(...scope.code.subarray(0, 8))) >= SERVER_ERROR;
    const isKnown = knownIn(reading.text, leaf, values, this.#context).length > 0;
    const replace = isKnown || isServerError || this.#context.replaceStatusTexts;
    if (!replace) return this.#parts(finding, { ...reading, kind: 'parts' }, values);
    this.#context.count(leaf.rule);
    return leaf.treatment === 'cause-text' ? safeCauseText() : safeStatusText(scope);
  }

  #put(sink: ByteSink, start: number, end: number): void {
    const { bytes, base } = this.source;
    sink.putRange(bytes, start - base, end - base);
  }

  #slice(start: number, end: number): Uint8Array {
    const { bytes, base } = this.source;
    return bytes.subarray(start - base, end - base);
  }
}

function plainFinding(leaf: LeafNode, scope: Scope, start: number, end: number): Finding {
  return {
    ...{ leaf, scope, start, end, form: 'string', escaped: false, memberStart: start, memberEnd: start },
    ...{ naming: UNNAMED, harmlessColumn: false },
  };
}
