// SPDX-License-Identifier: Apache-2.0
import { builtInTypes } from './built-in-types.ts';

export type Scalar = 'string' | 'bytes' | 'bool' | 'int32' | 'int64' | 'float64';

const SCALARS: ReadonlySet<string> = new Set<Scalar>(['string', 'bytes', 'bool', 'int32', 'int64', 'float64']);

/** Types whose JSON is not that of their fields. */
export type SpecialName =
  | 'Time'
  | 'MicroTime'
  | 'Duration'
  | 'Quantity'
  | 'IntOrString'
  | 'Raw'
  | 'RawExtension'
  | 'Items'
  | 'OrBool'
  | 'OrArray'
  | 'OrStringArray';

export type FieldType =
  | { readonly is: 'scalar'; readonly scalar: Scalar }
  | { readonly is: 'message'; readonly message: string }
  /** `message` is what the alternatives of an `Or…` have in common. */
  | { readonly is: 'special'; readonly special: SpecialName; readonly message: string | undefined }
  | { readonly is: 'pointer' | 'list' | 'map'; readonly of: FieldType };

export interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: FieldType;
  readonly omitEmpty: boolean;
  readonly omitZero: boolean;
  /** Its members stand in the object that it is a field of. */
  readonly inline: boolean;
}

/** Fields in the order in which Go writes them. */
export interface MessageType {
  readonly name: string;
  readonly fields: readonly Field[];
}

interface Types {
  /** `GROUP/VERSION KIND`, the core group's as `VERSION KIND`, to the name of its message. */
  readonly kinds: ReadonlyMap<string, string>;
  readonly lines: ReadonlyMap<string, string>;
  readonly messages: Map<string, MessageType>;
}

let types: Types | undefined;

function load(): Types {
  const [kinds = '', messages = ''] = builtInTypes.split('\n\n');
  const pairsOf = (text: string, cut: (line: string) => number) =>
    text.split('\n').flatMap((line) => {
      const at = cut(line);
      return at === -1 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    });
  return {
    kinds: new Map(pairsOf(kinds, (line) => line.lastIndexOf(' '))),
    lines: new Map(pairsOf(`${messages}\n`, (line) => (line.includes(' ') ? line.indexOf(' ') : line.length || -1))),
    messages: new Map(),
  };
}

/** The message of a kind; undefined for one that is not built in, as custom resources are not. */
export function messageOfKind(apiVersion: string, kind: string): MessageType | undefined {
  types ??= load();
  const name = types.kinds.get(`${apiVersion} ${kind}`);
  return name === undefined ? undefined : messageType(name);
}

/** The message of a name that stands in the table. */
export function messageType(name: string): MessageType {
  types ??= load();
  const known = types.messages.get(name);
  if (known) return known;
  const line = types.lines.get(name);
  if (line === undefined) throw new TypeError(`the table of built-in types has no ${name}`);
  const message = { name, fields: line.split(' ').flatMap((text) => (text === '' ? [] : [parseField(text)])) };
  types.messages.set(name, message);
  return message;
}

/** Every `GROUP/VERSION KIND` of the table. */
export function builtInKinds(): readonly string[] {
  types ??= load();
  return [...types.kinds.keys()];
}

function parseField(text: string): Field {
  const [name = '', number = '', type = '', flags = ''] = text.split(':');
  return {
    name,
    number: Number(number),
    type: parseType(type),
    omitEmpty: flags.includes('e'),
    omitZero: flags.includes('z'),
    inline: flags.includes('i'),
  };
}

function parseType(text: string): FieldType {
  if (text.startsWith('*')) return { is: 'pointer', of: parseType(text.slice(1)) };
  if (text.startsWith('[]')) return { is: 'list', of: parseType(text.slice(2)) };
  if (text.startsWith('{}')) return { is: 'map', of: parseType(text.slice(2)) };
  if (text.startsWith('!')) {
    const [special, message] = text.slice(1).split('=');
    return { is: 'special', special: special as SpecialName, message };
  }
  if (SCALARS.has(text)) return { is: 'scalar', scalar: text as Scalar };
  return { is: 'message', message: text };
}
