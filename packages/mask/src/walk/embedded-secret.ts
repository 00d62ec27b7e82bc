// SPDX-License-Identifier: Apache-2.0
import { bytesEqual, utf8 } from '../json/bytes.ts';
import { type LeafNode, rule } from '../rules/path-node.ts';
import { DATA_MEMBERS } from '../rules/value-members.ts';
import { type Finding, type Naming, UNNAMED } from './finding.ts';

const KIND = utf8('kind');
const SECRET = utf8('Secret');
const SECRET_LIST = utf8('SecretList');
const [DATA, STRING_DATA] = DATA_MEMBERS.map(utf8) as [Uint8Array, Uint8Array];
/** Below so many members called `data` within each other, all is masked. */
const MAX_NESTING = 8;

const RULE = 'embedded-secret';
const DATA_LEAF = rule('base64', RULE, 'secret');
const STRING_DATA_LEAF = rule('text', RULE, 'secret');
/** For what stays unless it is the value of a Secret. */
const KEPT = rule('plain', 'unknown-field', 'field');

/** Whether a value is masked because it is one of a Secret within another object. */
export function isOfEmbeddedSecret(leaf: LeafNode): boolean {
  return leaf.rule === RULE;
}

/** What an object, which may be the manifest of a Secret, says of its kind: before its values or behind them. */
export class Manifest {
  isSecret = false;
  isList = false;

  readKind(kind: Uint8Array): void {
    this.isSecret ||= bytesEqual(kind, SECRET);
    this.isList ||= bytesEqual(kind, SECRET_LIST);
  }
}

/** What a member of an object that may be a manifest is to it. */
export type ManifestMember = 'kind' | 'data' | 'stringData' | undefined;

/** By its name, `bytes[from, to)`. */
export function manifestMember(bytes: Uint8Array, from: number, to: number): ManifestMember {
  const length = to - from;
  if (length !== DATA.length && length !== STRING_DATA.length) return undefined;
  const name = bytes.subarray(from, to);
  if (bytesEqual(name, KIND)) return 'kind';
  if (bytesEqual(name, DATA)) return 'data';
  return bytesEqual(name, STRING_DATA) ? 'stringData' : undefined;
}

const latin1 = new TextDecoder('latin1');
const ESCAPED = /\\u([0-9a-fA-F]{4})/g;
const SECRET_KIND = /"kind"\s*:\s*"Secret(?:List)?"/;
const SECRET_DATA = /"(?:data|stringData)"\s*:/;

/** Whether a JSON text has a Secret in it with what that holds, for documents that should be of another kind. */
export function holdsSecret(text: Uint8Array): boolean {
  // Quotes that are escaped stand within a text, and are none of the document's.
  const spelled = latin1
    .decode(text)
    .replace(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return SECRET_KIND.test(spelled) && SECRET_DATA.test(spelled);
}

/** What stands below `data` or `stringData` of an object that may be a Secret. */
export class EmbeddedValues {
  readonly #own: Manifest;
  /** Of the object that has the own one among its `items`. */
  readonly #list: Manifest | undefined;
  readonly #outer: EmbeddedValues | undefined;
  readonly #nesting: number;
  readonly #isText: boolean;

  constructor(member: ManifestMember, own: Manifest, list: Manifest | undefined, outer: EmbeddedValues | undefined) {
    this.#isText = member === 'stringData';
    this.#own = own;
    this.#list = list;
    this.#outer = outer;
    this.#nesting = outer === undefined ? 1 : outer.#nesting + 1;
  }

  /** The rule of all that stands here, if it is of a Secret; asked once all of its unit has been read. */
  get leaf(): LeafNode | undefined {
    const isSecret = this.#own.isSecret || this.#list?.isList === true || this.#nesting > MAX_NESTING;
    if (isSecret) return this.#isText ? STRING_DATA_LEAF : DATA_LEAF;
    return this.#outer?.leaf;
  }

  /** A finding whose rule is another one if it is of a Secret. */
  finding(found: Finding): Finding {
    return new EmbeddedFinding(found, this);
  }
}

class EmbeddedFinding implements Finding {
  readonly #found: Finding;
  readonly #values: EmbeddedValues;
  readonly scope: Finding['scope'];
  readonly start: number;
  readonly end: number;
  readonly form: Finding['form'];
  readonly escaped: boolean;
  readonly memberStart: number;
  readonly memberEnd: number;
  readonly harmlessColumn: boolean;

  constructor(found: Finding, values: EmbeddedValues) {
    this.#found = found;
    this.#values = values;
    this.scope = found.scope;
    this.start = found.start;
    this.end = found.end;
    this.form = found.form;
    this.escaped = found.escaped;
    this.memberStart = found.memberStart;
    this.memberEnd = found.memberEnd;
    this.harmlessColumn = found.harmlessColumn;
  }

  get leaf(): LeafNode {
    return this.#values.leaf ?? this.#found.leaf;
  }

  get naming(): Naming {
    return this.#values.leaf === undefined ? this.#found.naming : UNNAMED;
  }
}

/** The rule under which a value is told that may be a Secret's, and that else would stay. */
export function leafOf(leaf: LeafNode | undefined): LeafNode {
  return leaf === undefined || leaf.demand === 'nothing' || leaf.demand === 'learn' ? KEPT : leaf;
}
