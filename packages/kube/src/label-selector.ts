// SPDX-License-Identifier: Apache-2.0
import { KubeError } from './error.ts';

/** One requirement: `tier in (a,b)` is `{ key: 'tier', operator: 'in', values: ['a', 'b'] }`. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: '=' | '!=' | 'in' | 'notin' | 'exists' | '!' | '>' | '<';
  readonly values: readonly string[];
}

/** Everything but the white space between tokens is part of some token. */
const token = /!=|==|[=!(),<>]|[^=!(),<> \t\r\n]+/gu;
const labelKey =
  /^(?:(?=[^/]{1,253}\/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?(?=.{1,63}$)[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

const operators: ReadonlyMap<string, LabelRequirement['operator']> = new Map([
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['in', 'in'],
  ['notin', 'notin'],
  ['>', '>'],
  ['<', '<'],
]);

/**
 * Parses a label selector, `app=web,tier in (a,b),!old`, into its requirements in order. "" has none.
 * @throws KubeError `ERR_KUBE_SELECTOR`
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function parseLabelSelector(selector: string): readonly LabelRequirement[] {
  const tokens = new Tokens(selector);
  const requirements: LabelRequirement[] = [];
  while (tokens.next !== undefined) {
    if (requirements.length > 0) tokens.expect(',');
    requirements.push(readRequirement(tokens));
  }
  return requirements;
}

/** The tokens of a selector, with a place to read from. */
class Tokens {
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(selector: string) {
    this.#tokens = selector.match(token) ?? [];
  }

  get next(): string | undefined {
    return this.#tokens[this.#position];
  }

  take(): string | undefined {
    const taken = this.next;
    this.#position += 1;
    return taken;
  }

  expect(symbol: string): void {
    if (this.take() !== symbol) throw malformed();
  }
}

function readRequirement(tokens: Tokens): LabelRequirement {
  const absent = tokens.next === '!';
  if (absent) tokens.take();
  const key = tokens.take();
  if (key === undefined || !labelKey.test(key)) throw malformed();
  if (absent) return { key, operator: '!', values: [] };
  if (tokens.next === undefined || tokens.next === ',') return { key, operator: 'exists', values: [] };
  const operator = operators.get(tokens.take() ?? '');
  if (operator === undefined) throw malformed();
  const values = operator === 'in' || operator === 'notin' ? readSet(tokens) : [readValue(tokens)];
  const ordered = operator === '>' || operator === '<';
  if (ordered && !values.every((value) => /^\d{1,18}$/.test(value))) throw malformed();
  return { key, operator, values };
}

function readSet(tokens: Tokens): readonly string[] {
  tokens.expect('(');
  const values = [readValue(tokens)];
  while (tokens.next === ',') {
    tokens.take();
    values.push(readValue(tokens));
  }
  tokens.expect(')');
  return values;
}

function readValue(tokens: Tokens): string {
  const next = tokens.next;
  if (next === undefined || next === ',' || next === ')') return '';
  if (!labelValue.test(next)) throw malformed();
  tokens.take();
  return next;
}

function malformed(): KubeError {
  return new KubeError('ERR_KUBE_SELECTOR', 'the label selector is malformed');
}
