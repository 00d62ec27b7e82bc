// SPDX-License-Identifier: Apache-2.0
import { KubeError } from './error.ts';

/** One term of a field selector: `metadata.name!=a` is `{ field: 'metadata.name', equals: false, value: 'a' }`. */
export interface FieldTerm {
  readonly field: string;
  readonly equals: boolean;
  readonly value: string;
}

/**
 * Parses a field selector, `status.phase=Running,metadata.name!=a`, into its terms in order. "" has none.
 * In a value `\\`, `\,` and `\=` stand for the second character; every other use of "\" and an open "," or "=" is refused.
 * @throws KubeError `ERR_KUBE_SELECTOR`
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/
 */
export function parseFieldSelector(selector: string): readonly FieldTerm[] {
  return splitTerms(selector)
    .filter((term) => term !== '')
    .map(parseTerm);
}

/**
 * The one name that a field selector limits a list or watch to, or "" when it names none.
 * As in RequestInfo, a name that could not be a path segment counts as none.
 * @throws KubeError `ERR_KUBE_SELECTOR` if it is malformed, or requires two different names
 */
export function nameFromFieldSelector(selector: string): string {
  const names = parseFieldSelector(selector)
    .filter((term) => term.field === 'metadata.name' && term.equals)
    .map((term) => term.value);
  if (new Set(names).size > 1) {
    throw new KubeError('ERR_KUBE_SELECTOR', 'the field selector requires two different values of metadata.name');
  }
  const name = names[0] ?? '';
  return name === '.' || name === '..' || /[/%]/.test(name) ? '' : name;
}

function splitTerms(selector: string): readonly string[] {
  return selector.match(/(?:\\.|\\$|[^\\,])+/gsu) ?? [];
}

function parseTerm(term: string): FieldTerm {
  const match = /^(?<field>(?:[^=!]|!(?!=))*)(?<operator>!=|==|=)(?<value>(?:[^\\,=]|\\[\\,=])*)$/u.exec(term);
  if (match?.groups === undefined) {
    throw new KubeError(
      'ERR_KUBE_SELECTOR',
      'a term of the field selector is not of the form field=value or field!=value',
    );
  }
  const { field = '', operator, value = '' } = match.groups;
  return { field, equals: operator !== '!=', value: value.replace(/\\([\\,=])/g, '$1') };
}
