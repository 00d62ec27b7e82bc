// SPDX-License-Identifier: Apache-2.0
import { classifyContentType, type JsonBodyFormat, requireJsonFormat } from './content-type.ts';
import type { JsonValue } from './json.ts';
import { MAX_BODY_DEPTH, parseJson } from './parse-json.ts';
import { decodeProtobuf } from './protobuf/decode-protobuf.ts';
import type { Method } from './request.ts';

/**
 * Reads the body of a request into the JSON that it is, or that Go makes of it where it is protobuf, and says in which
 * format it goes upstream.
 * @throws KubeError `ERR_KUBE_MEDIA_TYPE`, and those of `parseJson` and `decodeProtobuf`
 */
export function readBody(
  contentType: string | undefined,
  method: Method,
  bytes: Uint8Array,
): { readonly format: JsonBodyFormat; readonly value: JsonValue } {
  if (classifyContentType(contentType, method) === 'protobuf') return { format: 'json', value: decodeProtobuf(bytes) };
  return { format: requireJsonFormat(contentType, method), value: parseJson(bytes, { maxDepth: MAX_BODY_DEPTH }) };
}
