// SPDX-License-Identifier: Apache-2.0
import type { ByteSink } from '../json/byte-sink.ts';
import { joinBytes, OPEN_ARRAY, OPEN_OBJECT, utf8 } from '../json/bytes.ts';
import { putJsonString, unescapeJson } from '../json/json-string.ts';
import type { LearnedValues } from '../learned/learned-values.ts';
import type { PathNode } from '../rules/path-node.ts';
import { safeCauseText, safeStatusText } from '../rules/status-text.ts';
import { encodeBase64, isCanonicalBase64 } from '../text/base64.ts';
import type { TokenMinter, Value } from '../token/token.ts';
import type { Finding } from './path-walker.ts';
import { readDocument } from './read-document.ts';
import type { UnitValues } from './unit-values.ts';

/** What all units of one answer share. */
export interface AnswerContext {
  /** The table for JSON inside an object's strings. */
  readonly table: PathNode;
  readonly harmlessColumns: readonly string[];
  readonly minter: TokenMinter;
  /** Whether messages of a Status are replaced by safe texts; they always are from code 500 on. */
  readonly replaceStatusTexts: boolean;
  /** Values learned before this answer. */
  readonly learned: LearnedValues | undefined;
  /** A sink for what is rendered inside a string at a depth; one for each depth, used again and again. */
  readonly sinkAt: (depth: number) => ByteSink;
  /** Adds one to a rule's count. */
  readonly count: (rule: string) => void;
}

const SET_VALUE_START = utf8('v:"');
const SET_VALUE_END = utf8('"');
const NOTHING = new Uint8Array(0);
const SERVER_ERROR = 500;
/** JSON in a string in JSON in a string …: deeper than this it is masked whole. */
const MAX_EMBEDDING = 3;
const OPENERS: readonly (number | undefined)[] = [OPEN_OBJECT, OPEN_ARRAY];

type Slice = (start: number, end: number) => Uint8Array;

/**
 * One unit of an answer (an object, an item, a row, an event), complete in memory. First every masked value of the
 * unit, and of JSON inside it, is collected; then the unit is rendered, so that texts can be scanned for all of them.
 */
export class Unit {
  readonly #context: AnswerContext;
  readonly #findings: readonly Finding[];
  readonly #slice: Slice;
  readonly #depth: number;
  /** By finding: the value that its token stands for, where that is certain from the start. */
  readonly #values: (Value | undefined)[] = [];
  /** By finding: the document inside its string; undefined for what should be one and isn't. */
  readonly #embedded = new Map<number, { unit: Unit; length: number } | undefined>();

  constructor(context: AnswerContext, findings: readonly Finding[], slice: Slice, depth = 0) {
    this.#context = context;
    this.#findings = findings;
    this.#slice = slice;
    this.#depth = depth;
  }

  collect(values: UnitValues): void {
    for (let index = 0; index < this.#findings.length; index++) {
      const finding = this.#findings[index] as Finding;
      const { treatment } = finding.leaf;
      if (treatment === 'base64' || treatment === 'text') {
        const value = this.#value(finding);
        this.#values[index] = value;
        values.add(value);
      } else if (finding.form === 'string') this.#collectEmbedded(index, values);
    }
  }

  /** Writes the unit's bytes from `start` to `end`, with replacements. */
  render(start: number, end: number, values: UnitValues, sink: ByteSink): void {
    let at = start;
    for (let index = 0; index < this.#findings.length; index++) {
      const finding = this.#findings[index] as Finding;
      const text = this.#replacement(index, values);
      if (text === undefined) continue;
      if (this.#embedded.get(index) === undefined) this.#context.count(finding.leaf.rule);
      sink.put(this.#slice(at, finding.start));
      putJsonString(sink, text);
      at = finding.end;
    }
    sink.put(this.#slice(at, end));
  }

  #collectEmbedded(index: number, values: UnitValues): void {
    const finding = this.#findings[index] as Finding;
    const { treatment } = finding.leaf;
    if (treatment !== 'embedded-json' && treatment !== 'annotation') return;
    const text = this.#text(finding);
    if (treatment === 'annotation' && !looksLikeObject(text)) return;
    const { table, harmlessColumns } = this.#context;
    const tooDeep = this.#depth === MAX_EMBEDDING;
    const findings = tooDeep ? undefined : readDocument(text, table, finding.scope, harmlessColumns);
    if (treatment === 'annotation' && findings?.some(isValue) === false) return;
    if (findings === undefined) {
      this.#embedded.set(index, undefined);
      return;
    }
    const unit = new Unit(this.#context, findings, (start, end) => text.subarray(start, end), this.#depth + 1);
    this.#embedded.set(index, { unit, length: text.length });
    unit.collect(values);
  }

  /** Text of the string that takes a finding's place; `undefined` if it stays as it is. */
  #replacement(index: number, values: UnitValues): Uint8Array | undefined {
    const finding = this.#findings[index] as Finding;
    const { treatment } = finding.leaf;
    if (finding.form === 'key') return joinBytes([SET_VALUE_START, this.#token(index), SET_VALUE_END]);
    if (treatment === 'base64') return encodeBase64(this.#token(index));
    if (treatment === 'text') return this.#token(index);
    if (finding.form === 'null') return undefined;
    if (finding.form === 'other') return this.#isHarmlessCell(finding) ? undefined : this.#token(index);
    if (this.#embedded.has(index)) return this.#embeddedJson(index, values);
    const isKnown = this.#isKnown(finding, values);
    if (treatment === 'status-text' || treatment === 'cause-text') return this.#statusText(finding, isKnown);
    const stays = treatment !== 'cell' || finding.harmlessColumn;
    return stays && !isKnown ? undefined : this.#token(index);
  }

  /** Numbers and booleans are what harmless columns are made of; anywhere else they are malformed. */
  #isHarmlessCell(finding: Finding): boolean {
    const isScalar = !OPENERS.includes(this.#slice(finding.start, finding.start + 1)[0]);
    return finding.leaf.treatment === 'cell' && finding.harmlessColumn && isScalar;
  }

  #embeddedJson(index: number, values: UnitValues): Uint8Array {
    const inner = this.#embedded.get(index);
    if (inner === undefined) return this.#token(index);
    const sink = this.#context.sinkAt(this.#depth);
    sink.clear();
    inner.unit.render(0, inner.length, values, sink);
    return sink.view();
  }

  #statusText(finding: Finding, isKnown: boolean): Uint8Array | undefined {
    const isServerError = Number(String.fromCharCode(...finding.scope.code.subarray(0, 8))) >= SERVER_ERROR;
    const replace = isKnown || isServerError || this.#context.replaceStatusTexts;
    if (!replace) return undefined;
    return finding.leaf.treatment === 'cause-text' ? safeCauseText() : safeStatusText(finding.scope);
  }

  #token(index: number): Uint8Array {
    const finding = this.#findings[index] as Finding;
    const { leaf, scope, isElement, memberStart, memberEnd } = finding;
    const member = isElement ? utf8(String(memberStart)) : this.#slice(memberStart, memberEnd);
    return this.#context.minter.mint(leaf.tokenClass, scope, member, this.#values[index] ?? this.#value(finding));
  }

  /** Text is spelled in base64 as well, so that `data` and `stringData` with the same value get the same token. */
  #value(finding: Finding): Value {
    const { form, leaf } = finding;
    if (form === 'null') return { spelling: 'base64', bytes: NOTHING };
    if (form !== 'string') return { spelling: 'raw', bytes: this.#slice(finding.start, finding.end) };
    const text = this.#text(finding);
    if (leaf.treatment === 'text') return { spelling: 'base64', bytes: encodeBase64(text) };
    if (leaf.treatment !== 'base64') return { spelling: 'raw', bytes: text };
    const bytes = finding.escaped ? text.filter((byte) => byte !== 0x0a && byte !== 0x0d) : text;
    return { spelling: isCanonicalBase64(bytes) ? 'base64' : 'raw', bytes };
  }

  #isKnown(finding: Finding, values: UnitValues): boolean {
    const text = this.#text(finding);
    return values.areIn(text) || this.#context.learned?.isIn(text) === true;
  }

  #text(finding: Finding): Uint8Array {
    const content = this.#slice(finding.start + 1, finding.end - 1);
    return finding.escaped ? unescapeJson(content) : content;
  }
}

function isValue({ leaf }: Finding): boolean {
  return leaf.tokenClass === 'secret' || leaf.treatment === 'embedded-json';
}

function looksLikeObject(text: Uint8Array): boolean {
  return text.find((byte) => byte > 0x20) === OPEN_OBJECT;
}
