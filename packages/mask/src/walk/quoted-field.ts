// SPDX-License-Identifier: Apache-2.0
import { isSecretField } from '../rules/field-path.ts';
import type { Span } from './value-index.ts';

const QUOTES = /(?:^|: )(?:Invalid|Unsupported|Duplicate) value: /g;
const QUOTED = /"(?:[^"\\]|\\.)*"/y;
/** A number, a word. Whatever else is not quoted may be a whole object. */
const BARE = /[\w.+-]+(?=:? |:|$)/y;
/** As far back as a path is looked for. */
const MAX_PATH = 512;

const latin1 = new TextDecoder('latin1');

/**
 * The values that an error of validation quotes of secret fields: what stands between the quotes in
 * `spec.adminPassword: Invalid value: "…": should match …`. The API server quotes what is stored as well as what was
 * written.
 * @param isOfSecret whether the field of an error that does not name it itself, as that of a cause, is secret
 * @see https://pkg.go.dev/k8s.io/apimachinery/pkg/util/validation/field#Error
 */
export function quotedValues(text: Uint8Array, isOfSecret: boolean): readonly Span[] {
  const spelled = latin1.decode(text);
  const spans: Span[] = [];
  for (const { index, 0: words } of spelled.matchAll(QUOTES)) {
    const isSecret = index === 0 ? isOfSecret : isSecretField(text, startOfPath(spelled, index), index);
    if (isSecret) spans.push(valueAt(spelled, index + words.length));
  }
  return spans;
}

function startOfPath(text: string, end: number): number {
  return Math.max(end - MAX_PATH, text.lastIndexOf(' ', end - 1) + 1);
}

function valueAt(text: string, at: number): Span {
  QUOTED.lastIndex = at;
  const quoted = QUOTED.exec(text);
  if (quoted !== null) return { start: at + 1, end: at + quoted[0].length - 1 };
  BARE.lastIndex = at;
  const bare = BARE.exec(text);
  return { start: at, end: bare === null ? text.length : at + bare[0].length };
}
