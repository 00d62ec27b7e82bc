// SPDX-License-Identifier: Apache-2.0
import { EvidenceError } from './evidence-error.ts';

/** The values that records are made of: no fractions, and members that are undefined are left out. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

/** Up to so many names are put in order where they stand, which makes no garbage. */
const FEW = 32;

/**
 * The one spelling of a value: RFC 8785, for values without fractions.
 * @throws EvidenceError `ERR_EVIDENCE_NOT_CANONICAL` for a number that is no safe integer, a string with a lone
 * surrogate, or anything that is not JSON
 * @see https://www.rfc-editor.org/rfc/rfc8785 3.2
 */
export function canonicalJson(value: Json): string {
  const ordered = inOrder(value);
  return ordered === undefined ? spelled(value) : JSON.stringify(ordered);
}

/** A copy with members in the order of RFC 8785, so that the engine can write it; undefined where no object keeps it. */
function inOrder(value: Json): Json | undefined {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw refused('a string with a lone surrogate');
      return value;
    case 'number':
      if (!Number.isSafeInteger(value)) throw refused('a number that is no safe integer');
      return value;
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return value;
      return Array.isArray(value) ? arrayInOrder(value) : objectInOrder(value as Record<string, Json | undefined>);
    default:
      throw refused(`a ${typeof value}`);
  }
}

function arrayInOrder(values: readonly Json[]): Json | undefined {
  const copy: Json[] = [];
  for (const value of values) {
    const ordered = inOrder(value);
    if (ordered === undefined) return undefined;
    copy.push(ordered);
  }
  return copy;
}

function objectInOrder(value: Record<string, Json | undefined>): Json | undefined {
  const copy: Record<string, Json> = {};
  for (const name of sortedNames(value)) {
    const member = value[name];
    if (member === undefined) continue;
    if (!isPlaced(name)) return undefined;
    const ordered = inOrder(member);
    if (ordered === undefined) return undefined;
    copy[name] = ordered;
  }
  return copy;
}

/** Whether a member of that name comes where it was added: engines put numbers first, and one name is not a member's. */
function isPlaced(name: string): boolean {
  const first = name.charCodeAt(0);
  return !(first >= 0x30 && first <= 0x39) && name !== '__proto__' && name.isWellFormed();
}

/** NOTE: comparing strings compares UTF-16 code units, which is the order that RFC 8785 asks for. */
function sortedNames(value: object): string[] {
  const names = Object.keys(value);
  if (names.length > FEW) return names.sort();
  for (let end = 1; end < names.length; end += 1) {
    const name = names[end] as string;
    let at = end;
    for (; at > 0 && (names[at - 1] as string) > name; at -= 1) names[at] = names[at - 1] as string;
    names[at] = name;
  }
  return names;
}

/** The spelling of any value, member by member. */
function spelled(value: Json): string {
  switch (typeof value) {
    case 'string':
      return spelledString(value);
    case 'number':
      if (!Number.isSafeInteger(value)) throw refused('a number that is no safe integer');
      return Object.is(value, -0) ? '0' : value.toString();
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? spelledArray(value) : spelledObject(value as Record<string, Json | undefined>);
    default:
      throw refused(`a ${typeof value}`);
  }
}

function spelledString(value: string): string {
  if (!value.isWellFormed()) throw refused('a string with a lone surrogate');
  return JSON.stringify(value);
}

function spelledArray(values: readonly Json[]): string {
  return `[${values.map(spelled).join(',')}]`;
}

function spelledObject(value: Record<string, Json | undefined>): string {
  const members: string[] = [];
  for (const name of sortedNames(value)) {
    const member = value[name];
    if (member !== undefined) members.push(`${spelledString(name)}:${spelled(member)}`);
  }
  return `{${members.join(',')}}`;
}

function refused(what: string): EvidenceError {
  return new EvidenceError('ERR_EVIDENCE_NOT_CANONICAL', `${what} has no canonical form here`);
}
