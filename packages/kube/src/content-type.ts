// SPDX-License-Identifier: Apache-2.0
import { KubeError } from './error.ts';
import type { Method } from './request.ts';

/** What a request body is, by its Content-Type and method. `other` is what the API server refuses too. */
export type BodyFormat =
  | 'json'
  | 'json-patch'
  | 'merge-patch'
  | 'strategic-merge-patch'
  | 'apply'
  | 'protobuf'
  | 'cbor'
  | 'yaml'
  | 'other';

/** The formats whose bodies are read in JSON syntax, and the Content-Type that each has when it goes upstream. */
export const jsonMediaTypes = {
  json: 'application/json',
  'json-patch': 'application/json-patch+json',
  'merge-patch': 'application/merge-patch+json',
  'strategic-merge-patch': 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const satisfies Partial<Record<BodyFormat, string>>;

export type JsonBodyFormat = keyof typeof jsonMediaTypes;

const patchFormats: ReadonlyMap<string, BodyFormat> = new Map([
  ['application/json-patch+json', 'json-patch'],
  ['application/merge-patch+json', 'merge-patch'],
  ['application/strategic-merge-patch+json', 'strategic-merge-patch'],
  ['application/apply-patch+yaml', 'apply'],
  ['application/apply-patch+cbor', 'cbor'],
]);

const objectFormats: ReadonlyMap<string, BodyFormat> = new Map([
  ['application/json', 'json'],
  ['application/yaml', 'yaml'],
  ['application/vnd.kubernetes.protobuf', 'protobuf'],
  ['application/cbor', 'cbor'],
]);

/** A media type and at most a charset, which can only be UTF-8. */
const header = /^(?<type>[^;\s]+)(?:;[ \t]*charset="?utf-8"?)?$/i;

/**
 * Classifies the Content-Type of a request body. None at all means JSON, but not for PATCH. A PATCH names its type in
 * exact case, other methods in any, as to the API server; parameters other than `charset=utf-8` make it `other`.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
 */
export function classifyContentType(contentType: string | undefined, method: Method): BodyFormat {
  const type = header.exec(contentType ?? '')?.groups?.type;
  if (method === 'PATCH') return patchFormats.get(type ?? '') ?? 'other';
  if (contentType === undefined || contentType === '') return 'json';
  return objectFormats.get(type?.toLowerCase() ?? '') ?? 'other';
}

/**
 * The format of a body that will be read as JSON.
 * @throws KubeError `ERR_KUBE_MEDIA_TYPE`, with a message that says what to send instead
 */
export function requireJsonFormat(contentType: string | undefined, method: Method): JsonBodyFormat {
  const format = classifyContentType(contentType, method);
  if (isJsonBodyFormat(format)) return format;
  throw new KubeError('ERR_KUBE_MEDIA_TYPE', method === 'PATCH' ? patchAdvice : (advice.get(format) ?? otherAdvice));
}

const patchAdvice = `the Content-Type of a PATCH must be one of ${[...patchFormats.keys()].filter((type) => !type.endsWith('cbor')).join(', ')}, in exactly this case`;
const otherAdvice = 'the Content-Type must be application/json';
const advice: ReadonlyMap<BodyFormat, string> = new Map([
  ['cbor', 'CBOR bodies are not read: send application/json'],
  ['yaml', 'YAML bodies are not read, because YAML parsers disagree: send application/json'],
]);

function isJsonBodyFormat(format: BodyFormat): format is JsonBodyFormat {
  return Object.hasOwn(jsonMediaTypes, format);
}
