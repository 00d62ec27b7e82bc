// SPDX-License-Identifier: Apache-2.0
import { canonicalJson, type Json } from './canonical-json.ts';

/**
 * Spells a value that its schema takes as `canonicalJson` does, members that are undefined left out. MUST give undefined
 * for what the schema refuses.
 */
export type Writer = (value: unknown) => string | undefined;

/** The words of JSON Schema that writers are made of. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | Schema;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

const WORDS: ReadonlySet<string> = new Set<keyof Schema>([
  ...(['$ref', 'type', 'const', 'enum', 'oneOf', 'properties', 'required', 'additionalProperties'] as const),
  ...(['propertyNames', 'items', 'minItems', 'maxItems', 'minLength', 'maxLength', 'pattern'] as const),
  ...(['minimum', 'maximum'] as const),
]);
/** Words that allow and forbid nothing here: zod says a format as a pattern too. */
const REMARKS: ReadonlySet<string> = new Set(['description', 'format', 'contentEncoding']);

/** Text that stands in JSON as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

interface Member {
  readonly name: string;
  /** Its name as it stands before its value. */
  readonly head: string;
  readonly write: Writer;
  readonly isRequired: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Makes writers of the definitions of a JSON Schema: checked and spelled in one pass, without a copy of the value and
 * without putting its names in order, which costs a fraction of doing one after the other.
 */
export class SchemaWriters {
  readonly #definitions: Readonly<Record<string, Schema>>;
  readonly #writers: Map<string, Writer>;

  /** `given` are writers of definitions that none can be made of, as they contain themselves. */
  constructor(definitions: Readonly<Record<string, unknown>>, given: Readonly<Record<string, Writer>>) {
    this.#definitions = definitions as Readonly<Record<string, Schema>>;
    this.#writers = new Map(Object.entries(given));
  }

  /** @throws TypeError where the schema has a word that no writer is made of */
  of(definition: string): Writer {
    const known = this.#writers.get(definition);
    if (known) return known;
    const writer = this.#make(this.#definitions[definition] ?? {});
    this.#writers.set(definition, writer);
    return writer;
  }

  #make(schema: Schema): Writer {
    for (const word of Object.keys(schema)) if (!WORDS.has(word) && !REMARKS.has(word)) throw unwritable(word);
    const { $ref, const: only, enum: words, oneOf } = schema;
    if ($ref !== undefined) return this.of(definitionOf($ref));
    if (only !== undefined || words !== undefined) return wordWriter(words ?? [only]);
    if (oneOf !== undefined) return this.#oneOfWriter(oneOf);
    switch (schema.type) {
      case 'string':
        return textWriter(schema);
      case 'integer':
        return integerWriter(schema);
      case 'boolean':
        return wordWriter([true, false]);
      case 'array':
        return this.#arrayWriter(schema);
      case 'object':
        return schema.properties ? this.#objectWriter(schema) : this.#dictionaryWriter(schema);
      default:
        throw unwritable(schema.type ?? 'a schema of nothing');
    }
  }

  /** Of objects that a member tells apart, which is another word in each. */
  #oneOfWriter(schemas: readonly Schema[]): Writer {
    const objects = schemas.map((schema) => (schema.$ref ? this.#definitions[definitionOf(schema.$ref)] : schema));
    const wordsOf = (name: string) => objects.map((object) => object?.properties?.[name]?.const);
    const isTag = (name: string) =>
      new Set(wordsOf(name)).size === schemas.length && !wordsOf(name).includes(undefined);
    const tag = Object.keys(objects[0]?.properties ?? {}).find(isTag);
    if (tag === undefined) throw unwritable('oneOf');
    const words = wordsOf(tag);
    const writers = new Map(schemas.map((schema, at) => [words[at], this.#make(schema)]));
    return (value) => (isObject(value) ? writers.get(value[tag])?.(value) : undefined);
  }

  #arrayWriter({ items = {}, minItems = 0, maxItems = Infinity }: Schema): Writer {
    const write = this.#make(items);
    const takes = (value: unknown): value is unknown[] =>
      Array.isArray(value) && isBetween(value.length, minItems, maxItems);
    return (value) => (takes(value) ? spelledItems(value, write) : undefined);
  }

  #objectWriter({ properties = {}, required = [], additionalProperties }: Schema): Writer {
    if (additionalProperties !== false) throw unwritable('an object that may have further members');
    const members = Object.entries(properties).map(([name, schema]) => ({
      name,
      head: `${JSON.stringify(name)}:`,
      write: this.#make(schema),
      isRequired: required.includes(name),
    }));
    members.sort((one, other) => (one.name < other.name ? -1 : 1));
    return (value) => (isObject(value) ? spelledMembers(value, members) : undefined);
  }

  #dictionaryWriter({ propertyNames = {}, additionalProperties }: Schema): Writer {
    const writeName = this.#make(propertyNames);
    const write = this.#make(additionalProperties || {});
    const isEntry = ([name, value]: [string, unknown]) => writeName(name) !== undefined && write(value) !== undefined;
    return (value) =>
      isObject(value) && Object.entries(value).every(isEntry) ? canonicalJson(value as Json) : undefined;
  }
}

function definitionOf(reference: string): string {
  return reference.replace('#/$defs/', '');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function spelledMembers(value: Fields, members: readonly Member[]): string | undefined {
  let text = '';
  let unwritten = 0;
  for (const name in value) if (value[name] !== undefined) unwritten += 1;
  for (const { name, head, write, isRequired } of members) {
    const member = value[name];
    if (member === undefined && !isRequired) continue;
    const spelled = write(member);
    if (spelled === undefined) return undefined;
    text += text === '' ? head : `,${head}`;
    text += spelled;
    unwritten -= 1;
  }
  return unwritten === 0 ? `{${text}}` : undefined;
}

function spelledItems(items: readonly unknown[], write: Writer): string | undefined {
  let text = '';
  for (const item of items) {
    const spelled = write(item);
    if (spelled === undefined) return undefined;
    text += text === '' ? spelled : `,${spelled}`;
  }
  return `[${text}]`;
}

function wordWriter(words: readonly unknown[]): Writer {
  const spelled = new Map(words.map((word) => [word, canonicalJson(word as Json)]));
  return (value) => spelled.get(value);
}

/** NOTE: lengths are in UTF-16 code units, as zod counts them. */
function textWriter({ minLength = 0, maxLength = Infinity, pattern }: Schema): Writer {
  const form = new RegExp(pattern ?? '');
  return (value) => {
    if (typeof value !== 'string' || !isBetween(value.length, minLength, maxLength)) return undefined;
    if (pattern !== undefined && !form.test(value)) return undefined;
    if (PLAIN.test(value)) return `"${value}"`;
    return value.isWellFormed() ? JSON.stringify(value) : undefined;
  };
}

function integerWriter({ minimum = -Infinity, maximum = Infinity }: Schema): Writer {
  return (value) =>
    Number.isSafeInteger(value) && isBetween(value as number, minimum, maximum) ? `${value}` : undefined;
}

function isBetween(value: number, minimum: number, maximum: number): boolean {
  return value >= minimum && value <= maximum;
}

function unwritable(what: string): TypeError {
  return new TypeError(`no writer can be made of ${what} in a schema`);
}
