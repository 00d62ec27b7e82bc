// SPDX-License-Identifier: Apache-2.0
import { JsonNumber, type JsonValue } from '../json.ts';
import { durationText, timeText } from './go-text.ts';
import type { Field, FieldType, MessageType, Scalar, SpecialName } from './message-types.ts';
import { malformedProtobuf } from './wire-reader.ts';

type Alternative = 'OrBool' | 'OrArray' | 'OrStringArray';
/** Fields by number, scalars as they were read. */
type Fields = ReadonlyMap<number, unknown>;

const CONTENT_TYPES = ['', 'application/vnd.kubernetes.protobuf'];

function scalar(name: Scalar): FieldType {
  return { is: 'scalar', scalar: name };
}

function message(name: string, ...types: readonly FieldType[]): MessageType {
  const fields = types.map((type, index): Field => {
    return { name: String(index + 1), number: index + 1, type, omitEmpty: false, omitZero: false, inline: false };
  });
  return { name, fields };
}

const timestamp = message('meta/v1.Timestamp', scalar('int64'), scalar('int32'));
const raw = message('runtime.RawExtension', scalar('bytes'));

/** The messages behind types whose JSON is not that of their fields. */
export const specialMessages: Readonly<
  Record<Exclude<SpecialName, Alternative> | 'Unknown' | 'TypeMeta', MessageType>
> = {
  Time: timestamp,
  MicroTime: timestamp,
  Duration: message('meta/v1.Duration', scalar('int64')),
  Quantity: message('resource.Quantity', scalar('string')),
  IntOrString: message('intstr.IntOrString', scalar('int64'), scalar('int32'), scalar('string')),
  Raw: raw,
  RawExtension: raw,
  Items: message('a list', { is: 'list', of: scalar('string') }),
  Unknown: message('runtime.Unknown', scalar('bytes'), scalar('bytes'), scalar('string'), scalar('string')),
  TypeMeta: message('runtime.TypeMeta', scalar('string'), scalar('string')),
};

const alternativeFields: Readonly<Record<Alternative, (common: FieldType) => MessageType>> = {
  OrBool: (common) => message('a schema or a truth value', scalar('bool'), common),
  OrArray: (common) => message('a schema or schemas', common, { is: 'list', of: common }),
  OrStringArray: (common) => message('a schema or names', common, { is: 'list', of: scalar('string') }),
};

/** The message behind a special type; `of` is what an `Or…` is about. */
export function specialMessage(special: SpecialName, of: string | undefined): MessageType {
  if (special !== 'OrBool' && special !== 'OrArray' && special !== 'OrStringArray') return specialMessages[special];
  return alternativeFields[special]({ is: 'message', message: of ?? '' });
}

/** @throws KubeError `ERR_KUBE_PROTOBUF` for an envelope around anything but protobuf as it is */
export function checkEnvelope(fields: Fields): void {
  const encoding = fields.get(3) ?? '';
  if (encoding !== '' || !CONTENT_TYPES.includes(String(fields.get(4) ?? ''))) {
    throw malformedProtobuf('its envelope names an encoding');
  }
}

/**
 * The JSON that Go's own methods write for such a type. `parse` reads the JSON that stands in a field.
 * @throws KubeError `ERR_KUBE_PROTOBUF`
 */
export function specialJson(special: SpecialName, fields: Fields, parse: (bytes: Uint8Array) => JsonValue): JsonValue {
  switch (special) {
    case 'Time':
      return fields.size === 0 ? null : timeText(integer(fields, 1), 0, 0);
    case 'MicroTime':
      return fields.size === 0 ? null : timeText(integer(fields, 1), Number(integer(fields, 2)), 6);
    case 'Duration':
      return durationText(integer(fields, 1));
    case 'Quantity':
      return quantity(fields.get(1));
    case 'IntOrString':
      return intOrString(fields);
    case 'Raw':
    case 'RawExtension':
      return document(fields.get(1), parse);
    case 'Items':
      return (fields.get(1) as readonly string[] | undefined) ?? [];
    case 'OrBool':
      return (fields.get(2) as JsonValue | undefined) ?? fields.get(1) === true;
    case 'OrArray':
    case 'OrStringArray':
      return (fields.get(2) ?? fields.get(1) ?? null) as JsonValue;
  }
}

function integer(fields: Fields, number: number): bigint {
  return (fields.get(number) as bigint | undefined) ?? 0n;
}

function quantity(text: unknown): JsonValue {
  if (text === '') throw malformedProtobuf('a quantity is empty');
  return typeof text === 'string' ? text : '0';
}

function intOrString(fields: Fields): JsonValue {
  const kind = integer(fields, 1);
  if (kind === 1n) return (fields.get(3) as string | undefined) ?? '';
  if (kind === 0n) return new JsonNumber(integer(fields, 2).toString());
  throw malformedProtobuf('a value is neither number nor text');
}

function document(bytes: unknown, parse: (bytes: Uint8Array) => JsonValue): JsonValue {
  return bytes instanceof Uint8Array && bytes.length > 0 ? parse(bytes) : null;
}
