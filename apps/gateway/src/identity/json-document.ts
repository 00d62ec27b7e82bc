// SPDX-License-Identifier: Apache-2.0

export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonLimits {
  /** The outermost object is depth 1. */
  readonly maxDepth: number;
}

interface Level {
  readonly names: Set<string> | undefined;
  nameNext: boolean;
}

const STRING = /"(?:[^"\\]|\\.)*"/y;

/** False when an object of `text`, which MUST be grammatical JSON, has a member twice or nests deeper than allowed. */
function hasSingleMembers(text: string, maxDepth: number): boolean {
  const levels: Level[] = [];
  for (let at = 0; at < text.length; at++) {
    const level = levels.at(-1);
    switch (text[at]) {
      case '{':
        levels.push({ names: new Set(), nameNext: true });
        break;
      case '[':
        levels.push({ names: undefined, nameNext: false });
        break;
      case '}':
      case ']':
        levels.pop();
        break;
      case ',':
        if (level) level.nameNext = level.names !== undefined;
        break;
      case '"': {
        STRING.lastIndex = at;
        const literal = STRING.exec(text)?.[0] ?? '';
        if (level?.nameNext && !addName(level, literal)) return false;
        at += literal.length - 1;
        break;
      }
      default:
        break;
    }
    if (levels.length > maxDepth) return false;
  }
  return true;
}

function addName(level: Level, literal: string): boolean {
  const name = JSON.parse(literal) as string;
  if (level.names?.has(name)) return false;
  level.names?.add(name);
  level.nameNext = false;
  return true;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads bytes that must be one JSON object in strict UTF-8 (no byte order mark), without a member that stands twice in
 * any object: two readers could otherwise take different values for it. Undefined for anything else.
 * @see RFC 8259 §4, RFC 8725 §2.4
 */
export function parseJsonObject(bytes: Uint8Array, { maxDepth }: JsonLimits): JsonObject | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return isObject(value) && hasSingleMembers(text, maxDepth) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An own member of `object`: what it inherits (`constructor`, …) is no claim. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The member as an object; undefined when it is absent or anything else. */
export function objectMember(object: JsonObject, name: string): JsonObject | undefined {
  const value = member(object, name);
  return isObject(value) ? value : undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\p{Cf}\u2028\u2029]/u;

/** True for text that can stand in a record or a header as it is: 1 to `maxLength` UTF-16 units, nothing invisible. */
export function isPlainText(value: unknown, maxLength: number): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= maxLength &&
    value.isWellFormed() &&
    !UNPRINTABLE.test(value)
  );
}
