// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';
import {
  checkBodyTarget,
  isDryRun,
  jsonMediaTypes,
  KubeError,
  parseJson,
  requireJsonFormat,
  serializeJson,
} from '@countersign/kube';
import { findTokens } from '@countersign/mask';
import { needsObject } from '@countersign/policy';
import type { Gathered, JudgedBody, Parsed } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Stage } from '../lane-table.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

async function readAll(body: Readable, { maxBytes, timeoutMs }: BodyLimits): Promise<Uint8Array | Fault> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => body.destroy(new Fault('ERR_BODY_TIMEOUT')), timeoutMs);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) return new Fault('ERR_BODY_TOO_LARGE', String(maxBytes));
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Fault) return error;
    return new Fault('ERR_BODY_MALFORMED', 'it broke off', { cause: error });
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks, size);
}

function judge({ request, headers }: Parsed, bytes: Uint8Array): JudgedBody | Fault {
  const format = requireJsonFormat(headers.contentType, request.method);
  const value = parseJson(bytes);
  const isDelete = request.kind === 'resource' && request.method === 'DELETE';
  const target = request.kind === 'resource' && !isDelete ? checkBodyTarget(request, format, value) : undefined;
  const sent = Buffer.from(serializeJson(value));
  const [token] = findTokens(sent);
  if (token) {
    return new Fault('ERR_MASKED_VALUE_WRITTEN', token.path, {
      causes: [{ reason: 'FieldValueInvalid', message: 'this is a mask, not the real value', field: token.path }],
    });
  }
  return { format, contentType: jsonMediaTypes[format], value, bytes: sent, target };
}

function bodyFault(error: unknown): Fault {
  if (!(error instanceof KubeError)) throw error;
  const code = error.code === 'ERR_KUBE_MEDIA_TYPE' ? 'ERR_BODY_UNSUPPORTED' : 'ERR_BODY_MALFORMED';
  return new Fault(code, error.message, { cause: error });
}

/** Reads the body of a write or a review whole and parses it once, and says whether the write is a dry run. */
export function gather(limits: BodyLimits): Stage<Parsed, Gathered> {
  return async (exchange) => {
    const { incoming, request } = exchange;
    const bytes = incoming.hasBody ? await readAll(incoming.body, limits) : new Uint8Array();
    if (bytes instanceof Fault) return bytes;
    try {
      const body = bytes.length === 0 ? undefined : judge(exchange, bytes);
      if (body instanceof Fault) return body;
      if (body === undefined && needsObject(request)) return new Fault('ERR_BODY_MALFORMED', 'there is none');
      return { ...exchange, body, dryRun: request.kind === 'resource' && isDryRun(request, body?.value) };
    } catch (error) {
      return bodyFault(error);
    }
  };
}
