// SPDX-License-Identifier: Apache-2.0
import { EvidenceError } from './evidence-error.ts';

/** The values that records are made of: no fractions, and members that are undefined are left out. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

/** Printable ASCII without quote and backslash: spelled as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/**
 * The one spelling of a value: RFC 8785, for values without fractions.
 * @throws EvidenceError `ERR_EVIDENCE_NOT_CANONICAL` for a number that is no safe integer, a string with a lone
 * surrogate, or anything that is not JSON
 * @see https://www.rfc-editor.org/rfc/rfc8785 3.2
 */
export function canonicalJson(value: Json): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value);
    case 'number':
      if (!Number.isSafeInteger(value)) throw refused('a number that is no safe integer');
      return Object.is(value, -0) ? '0' : value.toString();
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value as Record<string, Json>);
    default:
      throw refused(`a ${typeof value}`);
  }
}

function canonicalString(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw refused('a string with a lone surrogate');
  return JSON.stringify(value);
}

function canonicalArray(values: readonly Json[]): string {
  return `[${values.map(canonicalJson).join(',')}]`;
}

/** NOTE: the default sort compares UTF-16 code units, which is the order that RFC 8785 asks for. */
function canonicalObject(value: Record<string, Json | undefined>): string {
  let text = '';
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${canonicalString(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

function refused(what: string): EvidenceError {
  return new EvidenceError('ERR_EVIDENCE_NOT_CANONICAL', `${what} has no canonical form here`);
}
