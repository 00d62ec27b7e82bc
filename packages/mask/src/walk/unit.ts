// SPDX-License-Identifier: Apache-2.0
import { joinBytes, utf8 } from '../json/bytes.ts';
import { escapeJson, unescapeJson } from '../json/json-string.ts';
import type { LearnedValues } from '../learned/learned-values.ts';
import type { PathNode } from '../rules/path-node.ts';
import { safeStatusText } from '../rules/status-text.ts';
import { encodeBase64, isCanonicalBase64 } from '../text/base64.ts';
import type { TokenMinter, ValueSpelling } from '../token/token.ts';
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
  /** Adds one to a rule's count. */
  readonly count: (rule: string) => void;
}

const QUOTE_MARK = utf8('"');
const SET_VALUE_START = utf8('"v:\\"');
const SET_VALUE_END = utf8('\\""');
const EMPTY = new Uint8Array(0);
const SERVER_ERROR = 500;
/** JSON in a string in JSON in a string …: deeper than this it is masked whole. */
const MAX_EMBEDDING = 3;

type Slice = (start: number, end: number) => Uint8Array;

interface Value {
  readonly spelling: ValueSpelling;
  readonly bytes: Uint8Array;
}

/**
 * One unit of an answer (an object, an item, a row, an event), complete in memory. First every masked value of the
 * unit, and of JSON inside it, is collected; then the unit is rendered, so that texts can be scanned for all of them.
 */
export class Unit {
  readonly #context: AnswerContext;
  readonly #findings: readonly Finding[];
  readonly #slice: Slice;
  readonly #embedded = new Map<Finding, Unit>();
  readonly #values = new Map<Finding, Value>();
  readonly #depth: number;

  constructor(context: AnswerContext, findings: readonly Finding[], slice: Slice, depth = 0) {
    this.#context = context;
    this.#findings = findings;
    this.#slice = slice;
    this.#depth = depth;
  }

  collect(values: UnitValues): void {
    for (const finding of this.#findings) {
      const { treatment } = finding.leaf;
      if (treatment === 'embedded-json' && finding.form === 'string') this.#collectEmbedded(finding, values);
      else if (treatment === 'base64' || treatment === 'text') {
        const value = this.#value(finding);
        this.#values.set(finding, value);
        values.add(value.spelling, value.bytes);
      }
    }
  }

  /** The unit's bytes from `start` to `end`, with replacements. */
  render(start: number, end: number, values: UnitValues): Uint8Array[] {
    const parts: Uint8Array[] = [];
    let at = start;
    for (const finding of this.#findings) {
      const replacement = this.#replacement(finding, values);
      if (replacement === undefined) continue;
      parts.push(this.#slice(at, finding.start), ...replacement);
      at = finding.end;
    }
    parts.push(this.#slice(at, end));
    return parts;
  }

  #collectEmbedded(finding: Finding, values: UnitValues): void {
    if (this.#depth === MAX_EMBEDDING) return;
    const { table, harmlessColumns } = this.#context;
    const text = this.#text(finding);
    const findings = readDocument(text, table, finding.scope, harmlessColumns);
    if (findings === undefined) return;
    const slice: Slice = (start, end) => text.subarray(start, Math.min(end, text.length));
    const inner = new Unit(this.#context, findings, slice, this.#depth + 1);
    this.#embedded.set(finding, inner);
    inner.collect(values);
  }

  #replacement(finding: Finding, values: UnitValues): Uint8Array[] | undefined {
    const { treatment, rule } = finding.leaf;
    if (finding.form === 'key') return this.#counted(rule, [SET_VALUE_START, this.#token(finding), SET_VALUE_END]);
    if (treatment === 'base64') {
      return this.#counted(rule, [QUOTE_MARK, encodeBase64(this.#token(finding)), QUOTE_MARK]);
    }
    if (treatment === 'text') return this.#quoted(finding);
    if (finding.form === 'null') return undefined;
    if (finding.form === 'other') return this.#other(finding);
    if (treatment === 'embedded-json') return this.#embeddedJson(finding, values);
    if (treatment === 'status-text') return this.#statusText(finding, values);
    const harmless = treatment === 'scan' || finding.harmlessColumn;
    return harmless && !this.#isKnown(this.#text(finding), values) ? undefined : this.#quoted(finding);
  }

  /** Numbers and booleans are what harmless columns are made of; anywhere else they are malformed. */
  #other(finding: Finding): Uint8Array[] | undefined {
    const first = this.#slice(finding.start, finding.start + 1)[0];
    const isScalar = first !== 0x7b && first !== 0x5b;
    return finding.leaf.treatment === 'cell' && finding.harmlessColumn && isScalar ? undefined : this.#quoted(finding);
  }

  #embeddedJson(finding: Finding, values: UnitValues): Uint8Array[] {
    const inner = this.#embedded.get(finding);
    if (inner === undefined) return this.#quoted(finding);
    const text = joinBytes(inner.render(0, Number.POSITIVE_INFINITY, values));
    return [QUOTE_MARK, escapeJson(text), QUOTE_MARK];
  }

  #statusText(finding: Finding, values: UnitValues): Uint8Array[] | undefined {
    const isServerError = Number(String.fromCharCode(...finding.scope.code.subarray(0, 8))) >= SERVER_ERROR;
    const replace = this.#context.replaceStatusTexts || isServerError || this.#isKnown(this.#text(finding), values);
    if (!replace) return undefined;
    return this.#counted(finding.leaf.rule, [QUOTE_MARK, escapeJson(safeStatusText(finding.scope)), QUOTE_MARK]);
  }

  #quoted(finding: Finding): Uint8Array[] {
    return this.#counted(finding.leaf.rule, [QUOTE_MARK, this.#token(finding), QUOTE_MARK]);
  }

  #counted(rule: string, replacement: Uint8Array[]): Uint8Array[] {
    this.#context.count(rule);
    return replacement;
  }

  #token(finding: Finding): Uint8Array {
    const { member } = finding;
    const name = typeof member === 'number' ? utf8(String(member)) : member;
    const { spelling, bytes } = this.#values.get(finding) ?? this.#value(finding);
    return this.#context.minter.mint(finding.leaf.tokenClass, finding.scope, name, spelling, bytes);
  }

  /** Decoded bytes are spelled in base64, so that `data` and `stringData` with the same value get the same token. */
  #value(finding: Finding): Value {
    if (finding.form === 'null') return { spelling: 'base64', bytes: EMPTY };
    if (finding.form !== 'string') return { spelling: 'raw', bytes: this.#slice(finding.start, finding.end) };
    const text = this.#text(finding);
    if (finding.leaf.treatment !== 'base64') return { spelling: 'base64', bytes: encodeBase64(text) };
    const bytes = finding.escaped ? text.filter((byte) => byte !== 0x0a && byte !== 0x0d) : text;
    return { spelling: isCanonicalBase64(bytes) ? 'base64' : 'raw', bytes };
  }

  #isKnown(text: Uint8Array, values: UnitValues): boolean {
    return values.areIn(text) || this.#context.learned?.isIn(text) === true;
  }

  #text(finding: Finding): Uint8Array {
    const content = this.#slice(finding.start + 1, finding.end - 1);
    return finding.escaped ? unescapeJson(content) : content;
  }
}
