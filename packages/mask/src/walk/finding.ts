// SPDX-License-Identifier: Apache-2.0
import { unescapeJson } from '../json/json-string.ts';
import type { LeafNode } from '../rules/path-node.ts';
import type { Scope } from './scope.ts';

/** What reading a finding costs beside the bytes of its text. */
export const FINDING_BYTES = 256;

/** A value whose name may come after it: whether the name turned out to be that of a secret. */
export interface Naming {
  isSecret: boolean;
  /** Whether the name ends in AUTH, so that a way to log in is no secret. */
  isOfAuth?: boolean;
}

export const UNNAMED: Naming = Object.freeze({ isSecret: false });
export const SECRET_NAME: Naming = Object.freeze({ isSecret: true });
export const AUTH_NAME: Naming = Object.freeze({ isSecret: true, isOfAuth: true });

/** What stands below the name of a secret is looked at whatever the name above or beside it says. */
export function anyhow(naming: Naming): Naming {
  return naming === UNNAMED ? { isSecret: false } : naming;
}

/** A place that a rule has something to do with. Offsets are the tokenizer's; a string's span includes its quotes. */
export interface Finding {
  readonly leaf: LeafNode;
  readonly scope: Scope;
  readonly start: number;
  readonly end: number;
  readonly form: 'string' | 'key' | 'null' | 'other';
  readonly escaped: boolean;
  /** Span of the member's name, without quotes; of an element, of the name above its list. */
  readonly memberStart: number;
  readonly memberEnd: number;
  /** Whether the name above or beside it, or the element before it, says that it is a secret. */
  readonly naming: Naming;
  /** For cells: whether the column is one of those that show no values. */
  readonly harmlessColumn: boolean;
}

/** What a document is read from: byte `offset` of it is at `offset - base`. */
export interface DocumentBytes {
  readonly bytes: Uint8Array;
  readonly base: number;
}

/** The document in which findings stand. */
export interface FoundIn {
  readonly source: DocumentBytes;
  /** In how many strings it stands. */
  readonly depth: number;
}

/** A string or key without its quotes and escapes, or another value as it stands. A view of the document where it can. */
export function textOf({ form, start, end, escaped }: Finding, { bytes, base }: DocumentBytes): Uint8Array {
  if (form !== 'string' && form !== 'key') return bytes.subarray(start - base, end - base);
  const content = bytes.subarray(start + 1 - base, end - 1 - base);
  return escaped ? unescapeJson(content) : content;
}

/** The name above a finding, as it is spelled. */
export function memberOf({ memberStart, memberEnd }: Finding, { bytes, base }: DocumentBytes): Uint8Array {
  return bytes.subarray(memberStart - base, memberEnd - base);
}
