// SPDX-License-Identifier: Apache-2.0
import { KubeError } from '../error.ts';
import type { JsonValue } from '../json.ts';
import { MAX_BODY_DEPTH, parseJson } from '../parse-json.ts';
import { isProtobuf, MAGIC } from './magic.ts';
import { type Field, type FieldType, type MessageType, messageOfKind, messageType } from './message-types.ts';
import { isEmptyScalar, readScalar, type ScalarValue, scalarJson, wireTypeOf, zeroOf } from './scalars.ts';
import { checkEnvelope, specialJson, specialMessage, specialMessages } from './special-types.ts';
import { malformedProtobuf, WireReader, type WireType } from './wire-reader.ts';

const MAX_DEPTH = 64;
const MAX_VALUES = 250_000;

/** What stood in a field: a scalar as it was read, all else as the JSON that it is. */
type Found = ScalarValue | JsonValue | readonly Found[] | ReadonlyMap<string, Found>;
type Members = Map<string, JsonValue>;

/** A field that begins: what stood in it before, and where to say that it is. */
interface Reading {
  readonly type: FieldType;
  readonly wireType: WireType;
  readonly before: Found | undefined;
  readonly where: string;
}

/**
 * Reads one object of a built-in type and gives the JSON that Go makes of it: the same members in the same order,
 * zero values included where Go writes them. What Go's own codec never writes is refused: unknown fields, a field twice,
 * numbers out of range, text that is not UTF-8.
 * @throws KubeError `ERR_KUBE_PROTOBUF`, `ERR_KUBE_PROTOBUF_TYPE` for a kind that is not built in,
 * `ERR_KUBE_BODY_TOO_LARGE` for more than 250,000 values, and those of `parseJson` for the JSON that it may hold
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding-idl
 */
export function decodeProtobuf(bytes: Uint8Array): JsonValue {
  return new Decoder().object(bytes, 0);
}

class Decoder {
  #values = 0;

  object(bytes: Uint8Array, depth: number): Members {
    if (!isProtobuf(bytes)) throw malformedProtobuf('it does not begin as such');
    const envelope = this.#read(bytes.subarray(MAGIC.length), specialMessages.Unknown, depth);
    checkEnvelope(envelope);
    const [typeMeta = NONE, raw] = [1, 2].map((number) => envelope.get(number) as Uint8Array | undefined);
    if (raw === undefined) throw malformedProtobuf('there is no object in it');
    const type = this.#read(typeMeta, specialMessages.TypeMeta, depth);
    const [apiVersion = '', kind = ''] = [1, 2].map((number) => type.get(number) as string | undefined);
    const message = messageOfKind(apiVersion, kind);
    if (message === undefined) {
      throw new KubeError('ERR_KUBE_PROTOBUF_TYPE', 'only built-in kinds are read as protobuf: send application/json');
    }
    const members: Members = new Map<string, JsonValue>([
      ['kind', kind],
      ['apiVersion', apiVersion],
    ]);
    for (const [name, value] of this.#message(raw, message, depth + 1)) members.set(name, value);
    return members;
  }

  #message(bytes: Uint8Array | undefined, type: MessageType, depth: number): Members {
    const found = bytes === undefined ? new Map<number, Found>() : this.#read(bytes, type, depth);
    const members: Members = new Map();
    for (const field of type.fields) this.#emit(field, found.get(field.number), members, depth);
    return members;
  }

  #emit(field: Field, found: Found | undefined, members: Members, depth: number): void {
    if (field.omitEmpty && isEmpty(field.type, found)) return;
    const value = found === undefined ? this.#zero(field.type, depth) : toJson(field.type, found);
    if (field.omitZero && value === null) return;
    if (!field.inline) {
      this.#count();
      members.set(field.name, value);
    } else if (value instanceof Map) {
      for (const [name, member] of value) members.set(name, member);
    }
  }

  /** The fields of a message by number. */
  #read(bytes: Uint8Array, type: MessageType, depth: number): Map<number, Found> {
    if (depth > MAX_DEPTH) throw malformedProtobuf(`it nests deeper than ${MAX_DEPTH}`);
    const byNumber = new Map(type.fields.map((field) => [field.number, field]));
    const found = new Map<number, Found>();
    const reader = new WireReader(bytes);
    while (!reader.isAtEnd) {
      const { number, wireType } = reader.tag();
      const field = byNumber.get(number);
      if (field === undefined) throw malformedProtobuf(`${type.name} has no field ${number}`);
      this.#count();
      const before = found.get(number);
      const where = `field ${number} of ${type.name}`;
      found.set(number, this.#readField(reader, { type: field.type, wireType, before, where }, depth));
    }
    return found;
  }

  #readField(reader: WireReader, { type, wireType, before, where }: Reading, depth: number): Found {
    const of = type.is === 'list' ? type.of : type;
    const isPacked = type.is === 'list' && wireType === 'bytes' && wireOf(of) !== 'bytes';
    if (!isPacked && wireOf(of) !== wireType) throw malformedProtobuf(`${where} has another type`);
    if (type.is === 'list') {
      const list = (before ?? []) as Found[];
      if (isPacked) this.#readPacked(reader.bytes(), of, list);
      else list.push(this.#readOne(reader, of, depth));
      return list;
    }
    if (type.is === 'map') {
      const map = (before ?? new Map()) as Map<string, Found>;
      this.#readEntry(reader.bytes(), type.of, map, depth);
      return map;
    }
    if (before !== undefined) throw malformedProtobuf(`${where} stands twice`);
    return this.#readOne(reader, type, depth);
  }

  #readPacked(bytes: Uint8Array, of: FieldType, list: Found[]): void {
    if (of.is !== 'scalar') throw malformedProtobuf('a list of another type');
    const reader = new WireReader(bytes);
    while (!reader.isAtEnd) {
      this.#count();
      list.push(readScalar(reader, of.scalar));
    }
  }

  #readEntry(bytes: Uint8Array, of: FieldType, map: Map<string, Found>, depth: number): void {
    const entry: MessageType = {
      name: 'a map',
      fields: [
        { ...PLAIN, name: 'key', number: 1, type: { is: 'scalar', scalar: 'string' } },
        { ...PLAIN, name: 'value', number: 2, type: of },
      ],
    };
    const found = this.#read(bytes, entry, depth + 1);
    const key = (found.get(1) ?? '') as string;
    if (map.has(key)) throw malformedProtobuf('a key of a map stands twice');
    map.set(key, found.get(2) ?? (of.is === 'scalar' ? zeroOf[of.scalar] : this.#zero(of, depth)));
  }

  #readOne(reader: WireReader, type: FieldType, depth: number): Found {
    switch (type.is) {
      case 'scalar':
        return readScalar(reader, type.scalar);
      case 'pointer':
        return this.#readOne(reader, type.of, depth);
      case 'message':
        return this.#message(reader.bytes(), messageType(type.message), depth + 1);
      case 'special':
        return this.#special(type, reader.bytes(), depth + 1);
      case 'list':
      case 'map':
        throw malformedProtobuf('a list of lists');
    }
  }

  #special(type: Extract<FieldType, { is: 'special' }>, bytes: Uint8Array | undefined, depth: number): JsonValue {
    const { special, message } = type;
    const found = bytes === undefined ? new Map() : this.#read(bytes, specialMessage(special, message), depth);
    return specialJson(special, found, (raw) => this.#raw(raw, depth));
  }

  /** JSON as it stands in a field, or an object of its own. */
  #raw(bytes: Uint8Array, depth: number): JsonValue {
    if (isProtobuf(bytes)) return this.object(bytes, depth + 1);
    return parseJson(bytes, { maxValues: MAX_VALUES - this.#values, maxDepth: MAX_BODY_DEPTH - depth });
  }

  /** What Go has in a field that was not sent, as JSON. */
  #zero(type: FieldType, depth: number): JsonValue {
    switch (type.is) {
      case 'scalar':
        return type.scalar === 'bytes' ? null : scalarJson(zeroOf[type.scalar]);
      case 'message':
        return this.#message(undefined, messageType(type.message), depth + 1);
      case 'special':
        return this.#special(type, undefined, depth + 1);
      case 'pointer':
      case 'list':
      case 'map':
        return null;
    }
  }

  #count(): void {
    this.#values += 1;
    if (this.#values > MAX_VALUES) {
      throw new KubeError('ERR_KUBE_BODY_TOO_LARGE', `the body has more than ${MAX_VALUES} values`);
    }
  }
}

const NONE = new Uint8Array();
const PLAIN = { omitEmpty: false, omitZero: false, inline: false } as const;

function wireOf(type: FieldType) {
  if (type.is === 'pointer') return wireOf(type.of);
  return type.is === 'scalar' ? wireTypeOf[type.scalar] : 'bytes';
}

/** Empty as Go's `omitempty` has it: structs never are. */
function isEmpty(type: FieldType, found: Found | undefined): boolean {
  if (type.is === 'message' || (type.is === 'special' && type.special !== 'Items')) return false;
  if (found === undefined) return true;
  if (type.is === 'list') return (found as readonly Found[]).length === 0;
  return type.is === 'scalar' && isEmptyScalar(found as ScalarValue);
}

function toJson(type: FieldType, found: Found): JsonValue {
  switch (type.is) {
    case 'scalar':
      return scalarJson(found as ScalarValue);
    case 'pointer':
      return toJson(type.of, found);
    case 'list':
      return (found as readonly Found[]).map((item) => toJson(type.of, item));
    case 'map': {
      const entries = [...(found as ReadonlyMap<string, Found>)].sort(([a], [b]) => (a < b ? -1 : 1));
      return new Map(entries.map(([key, value]) => [key, toJson(type.of, value)]));
    }
    case 'message':
    case 'special':
      return found as JsonValue;
  }
}
