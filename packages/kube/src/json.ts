// SPDX-License-Identifier: Apache-2.0

/** A number as it stood in the text, `1e3` or `9007199254740993`, so that no digit is lost on the way upstream. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The value if it is a whole number that a double holds exactly, else undefined. */
  toSafeInteger(): number | undefined {
    const value = Number(this.text);
    return /^-?\d+$/.test(this.text) && Number.isSafeInteger(value) ? value : undefined;
  }
}

/** An object: a Map, in the order of the text, so that no key (`__proto__`) means anything. */
export type JsonObject = ReadonlyMap<string, JsonValue>;

export type JsonArray = readonly JsonValue[];

export type JsonValue = null | boolean | string | JsonNumber | JsonArray | JsonObject;

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

export function isJsonArray(value: JsonValue | undefined): value is JsonArray {
  return Array.isArray(value);
}

/** The value at a path of keys, or undefined if a step is absent or not an object. */
export function jsonAt(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  let current = value;
  for (const key of path) current = isJsonObject(current) ? current.get(key) : undefined;
  return current;
}

/** Raw, a YAML reader takes these for line breaks or refuses them; a server-side apply is read as YAML. */
const readOtherwiseByYaml = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function serializeText(text: string): string {
  return JSON.stringify(text).replace(
    readOtherwiseByYaml,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Writes a value as compact JSON, which reads the same as YAML. Numbers keep the text that they had. */
export function serializeJson(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.text;
  if (isJsonArray(value)) return `[${value.map(serializeJson).join(',')}]`;
  if (isJsonObject(value)) {
    return `{${Array.from(value, ([key, member]) => `${serializeText(key)}:${serializeJson(member)}`).join(',')}}`;
  }
  return typeof value === 'string' ? serializeText(value) : String(value);
}
