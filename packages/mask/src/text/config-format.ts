// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { runEnd, SPACE, standsAt } from './byte-class.ts';

/** How a text assigns values to names: `lines` are .env, properties, ini, TOML and YAML. */
export type ConfigFormat = 'json' | 'lines' | 'xml' | 'text';

const BY_ENDING: Readonly<Record<string, ConfigFormat>> = {
  json: 'json',
  xml: 'xml',
  config: 'text',
  env: 'lines',
  properties: 'lines',
  props: 'lines',
  ini: 'lines',
  cfg: 'lines',
  cnf: 'lines',
  conf: 'lines',
  toml: 'lines',
  yaml: 'lines',
  yml: 'lines',
};

const DOCTYPE = utf8('<?xml');

/** Whether a name says by its ending that a file assigns values to names. */
export function hasNamedValues(name: string): boolean {
  return Object.hasOwn(BY_ENDING, /[^.]*$/.exec(name.toLowerCase())?.[0] ?? '') && name.includes('.');
}

/** The format of a text by its name (a ConfigMap's key) and how it begins. */
export function configFormatOf(name: string, text: Uint8Array): ConfigFormat {
  const begin = runEnd(text, 0, text.length, SPACE);
  if (text[begin] === 0x7b || text[begin] === 0x5b) return 'json';
  if (standsAt(text, begin, text.length, DOCTYPE)) return 'xml';
  return BY_ENDING[/[^.]*$/.exec(name.toLowerCase())?.[0] ?? ''] ?? 'text';
}
