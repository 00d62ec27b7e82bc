// SPDX-License-Identifier: Apache-2.0
import type { ByteSink } from '../json/byte-sink.ts';
import { joinBytes, QUOTE, utf8 } from '../json/bytes.ts';
import { putJsonContent, putJsonString } from '../json/json-string.ts';
import type { LeafNode } from '../rules/path-node.ts';
import { safeCauseText, safeStatusText } from '../rules/status-text.ts';
import { encodeBase64 } from '../text/base64.ts';
import type { Value } from '../token/token.ts';
import { atOnce, DENSE_TURN_BYTES, type InTurns, TURN_BYTES } from '../turns.ts';
import type { AnswerContext } from './answer-context.ts';
import { applyEdits, type Edit, joinEdits } from './edits.ts';
import { type DocumentBytes, FINDING_BYTES, type Finding, type FoundIn, textOf, UNNAMED } from './finding.ts';
import { knownIn, knownInTurns } from './known-in.ts';
import { wholeOf } from './look-into.ts';
import { type Reading, readAhead, readFinding } from './reading.ts';
import type { Scope } from './scope.ts';
import type { NotedUnit } from './unit-notes.ts';
import type { UnitValues } from './unit-values.ts';

const SET_VALUE_START = utf8('v:"');
const SET_VALUE_END = utf8('"');
const NO_EDITS: readonly Edit[] = [];
const SERVER_ERROR = 500;
/** So many tokens are made in one turn. */
const TURN_TOKENS = 128;

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
  readonly #notes: NotedUnit;
  readonly source: DocumentBytes;
  readonly depth: number;
  #places: Place[] = [];

  constructor(context: AnswerContext, notes: NotedUnit, depth = 0) {
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
      this.#take(finding, reading, values)?.collect(values);
    }
  }

  /** Like `collect`. */
  *collectInTurns(values: UnitValues): InTurns<void> {
    let bytes = 0;
    for (const finding of this.#notes.findings) {
      const text = textOf(finding, this.source);
      bytes += text.length + FINDING_BYTES;
      if (bytes > DENSE_TURN_BYTES) {
        bytes = 0;
        yield;
      }
      const ahead = yield* readAhead(finding, text, this.#context, this);
      if (text.length > DENSE_TURN_BYTES) yield;
      const reading = readFinding(finding, text, this.#context, this, ahead);
      if (text.length > DENSE_TURN_BYTES) yield;
      const inner = this.#take(finding, reading, values);
      if (inner !== undefined) yield* inner.collectInTurns(values);
    }
  }

  /** Writes the unit's bytes from `start` to `end`, with replacements; false if there were none. */
  render(start: number, end: number, values: UnitValues, sink: ByteSink): boolean {
    return atOnce(this.renderInTurns(start, end, values, sink));
  }

  /** Like `render`. */
  *renderInTurns(start: number, end: number, values: UnitValues, sink: ByteSink): InTurns<boolean> {
    yield* this.#findKnown(values);
    let at = start;
    let turnEnd = start + TURN_BYTES;
    for (const place of this.#places) {
      if (place.finding.start > turnEnd) {
        turnEnd = place.finding.start + TURN_BYTES;
        yield;
      }
      const isLongPlace = isLong(place);
      const text = isLongPlace ? yield* this.#longReplacement(place, values) : this.#replacement(place, values);
      if (text === undefined) continue;
      this.#put(sink, at, place.finding.start);
      if (isLongPlace) yield* putLongString(sink, text);
      else putJsonString(sink, text);
      at = place.finding.end;
    }
    this.#put(sink, at, end);
    return at !== start;
  }

  /** Adds what a reading masks; gives the document that it is, which is still to be read. */
  #take(finding: Finding, reading: Reading, values: UnitValues): Unit | undefined {
    if (reading.kind === 'nothing') return undefined;
    if (reading.kind === 'whole') this.#add(values, reading.value, finding.leaf);
    if (reading.kind === 'parts') for (const { value } of reading.edits) values.addNamed(value);
    const inner = reading.kind === 'document' ? new Unit(this.#context, reading.notes, this.depth + 1) : undefined;
    this.#places.push({ finding, reading, inner });
    return inner;
  }

  #add(values: UnitValues, value: Value, leaf: LeafNode): void {
    if (this.#context.isStrict) {
      if (leaf.treatment === 'base64' || leaf.treatment === 'text') values.add(value);
      return;
    }
    values.addNamed(value);
    // Of what stood in base64, that may stand elsewhere too.
    if (leaf.treatment === 'base64') values.addNamed({ spelling: 'raw', bytes: value.bytes });
  }

  /** Strings that looked harmless, and hold a value that another string of the unit has to hide. */
  *#findKnown(values: UnitValues): InTurns<void> {
    const { texts } = this.#notes;
    const { learned } = this.#context;
    const { bytes, base } = this.source;
    const isAnyLearned = learned !== undefined && learned.size > 0;
    if (texts.count === 0 || (values.size === 0 && !isAnyLearned)) return;
    const count = this.#places.length;
    let turnEnd = TURN_BYTES;
    for (let index = 0; index < texts.count; index++) {
      if (texts.startOf(index) > turnEnd) {
        turnEnd = texts.startOf(index) + TURN_BYTES;
        yield;
      }
      const start = this.#notes.start + texts.startOf(index);
      const end = this.#notes.start + texts.endOf(index);
      if (!isAnyLearned && !values.mayBeIn(bytes, start - base, end - base)) continue;
      const text = this.#slice(start, end);
      if (!(yield* values.areIn(text)) && learned?.isIn(text) !== true) continue;
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
        return inner === undefined ? undefined : atOnce(this.#document(inner, reading.text.length, values));
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
    return leaf.treatment === 'base64' || leaf.treatment === 'binary' ? encodeBase64(token) : token;
  }

  *#document(inner: Unit, length: number, values: UnitValues): InTurns<Uint8Array | undefined> {
    const sink = this.#context.sinkAt(this.depth);
    sink.clear();
    return (yield* inner.renderInTurns(0, length, values, sink)) ? sink.view() : undefined;
  }

  #parts(
    { scope, leaf }: Finding,
    { text, edits }: Reading & { kind: 'parts' },
    values: UnitValues,
  ): Uint8Array | undefined {
    const known = isShownValue(text, leaf, values)
      ? [wholeOf(text, 0, leaf)]
      : knownIn(text, leaf, values, this.#context);
    const joined = known.length === 0 ? edits : joinEdits(text, [...edits, ...known]);
    if (joined.length === 0) return undefined;
    return applyEdits(text, joined, (edit) => this.#tokenOf(edit, scope));
  }

  /** What `#replacement` gives, in turns. */
  *#longReplacement(place: Place, values: UnitValues): InTurns<Uint8Array | undefined> {
    const { finding, reading, inner } = place;
    yield;
    if (inner !== undefined && reading.kind === 'document') {
      return yield* this.#document(inner, reading.text.length, values);
    }
    return reading.kind === 'parts'
      ? yield* this.#longParts(finding, reading, values)
      : this.#replacement(place, values);
  }

  /** What `#parts` gives, in turns. */
  *#longParts(
    { scope, leaf }: Finding,
    { text, edits }: Reading & { kind: 'parts' },
    values: UnitValues,
  ): InTurns<Uint8Array | undefined> {
    const known = isShownValue(text, leaf, values)
      ? [wholeOf(text, 0, leaf)]
      : yield* knownInTurns(text, leaf, values, this.#context);
    yield;
    const joined = known.length === 0 ? edits : joinEdits(text, [...edits, ...known]);
    if (joined.length === 0) return undefined;
    const tokens: Uint8Array[] = [];
    for (const edit of joined) {
      if (tokens.length % TURN_TOKENS === TURN_TOKENS - 1) yield;
      tokens.push(this.#tokenOf(edit, scope));
    }
    yield;
    let index = 0;
    return applyEdits(text, joined, () => tokens[index++] as Uint8Array);
  }

  #tokenOf({ rule, tokenClass, value }: Edit, scope: Scope): Uint8Array {
    this.#context.count(rule);
    return this.#context.minter.mint(tokenClass, scope, value);
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

/** What `putJsonString` does, in turns. */
function* putLongString(sink: ByteSink, text: Uint8Array): InTurns<void> {
  sink.putByte(QUOTE);
  for (let at = 0; at < text.length; at += TURN_BYTES) {
    yield;
    putJsonContent(sink, text, at, Math.min(at + TURN_BYTES, text.length));
  }
  sink.putByte(QUOTE);
}

function isLong({ reading }: Place): boolean {
  return (reading.kind === 'parts' || reading.kind === 'document') && reading.text.length > DENSE_TURN_BYTES;
}

/** Whether a cell shows a value that is masked in the object beside it, even one that is a word like any other. */
function isShownValue(text: Uint8Array, { treatment }: LeafNode, values: UnitValues): boolean {
  return treatment === 'any-cell' && values.isShownBy(text);
}

function plainFinding(leaf: LeafNode, scope: Scope, start: number, end: number): Finding {
  return {
    ...{ leaf, scope, start, end, form: 'string', escaped: false, memberStart: start, memberEnd: start },
    ...{ naming: UNNAMED, harmlessColumn: false },
  };
}
