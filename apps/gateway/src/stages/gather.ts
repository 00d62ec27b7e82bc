// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';
import { checkBodyTarget, isDryRun, jsonMediaTypes, KubeError, readBody, serializeJson } from '@countersign/kube';
import { findTokens, findValueRead, maskingFor } from '@countersign/mask';
import { needsObject } from '@countersign/policy';
import type { Incoming } from '../data/incoming.ts';
import type { Gathered, JudgedBody, Parsed } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Stage } from '../lane-table.ts';
import type { Hold } from '../limits/held-bytes.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

function declaredBytes({ headers }: Incoming): number {
  return Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0);
}

/** Reads a body without destroying it: a caller that sends too much, or too slowly, still gets an answer. */
function readAll(body: Readable, { maxBytes, timeoutMs }: BodyLimits, hold: Hold): Promise<Uint8Array | Fault> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (result: Uint8Array | Fault) => {
      clearTimeout(timer);
      body.off('data', take);
      body.pause();
      resolve(result);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      const fault = size > maxBytes ? new Fault('ERR_BODY_TOO_LARGE', String(maxBytes)) : hold.take(chunk.length);
      if (fault) settle(fault);
      else chunks.push(chunk);
    };
    const timer = setTimeout(() => settle(new Fault('ERR_BODY_TIMEOUT')), timeoutMs);
    body.on('data', take);
    body.once('end', () => settle(Buffer.concat(chunks, size)));
    body.once('error', (cause) => settle(new Fault('ERR_BODY_MALFORMED', 'it broke off', { cause })));
    body.once('close', () => settle(new Fault('ERR_BODY_MALFORMED', 'it broke off')));
  });
}

function judge({ request, headers }: Parsed, bytes: Uint8Array): JudgedBody | Fault {
  const { format, value } = readBody(headers.contentType, request.method, bytes);
  const isDelete = request.kind === 'resource' && request.method === 'DELETE';
  const target = request.kind === 'resource' && !isDelete ? checkBodyTarget(request, format, value) : undefined;
  const sent = Buffer.from(serializeJson(value));
  const [token] = findTokens(sent);
  if (token) {
    return new Fault('ERR_MASKED_VALUE_WRITTEN', token.path, {
      causes: [{ reason: 'FieldValueInvalid', message: 'this is a mask, not the real value', field: token.path }],
    });
  }
  const masking = format === 'json-patch' ? maskingFor(request) : undefined;
  const read = masking && findValueRead(value, masking);
  if (read) return new Fault('ERR_MASKED_VALUE_READ', read);
  return { format, contentType: jsonMediaTypes[format], value, bytes: sent, target };
}

function bodyFault(error: unknown): Fault {
  if (!(error instanceof KubeError)) throw error;
  const isUnsupported = error.code === 'ERR_KUBE_MEDIA_TYPE' || error.code === 'ERR_KUBE_PROTOBUF_TYPE';
  const code = isUnsupported ? 'ERR_BODY_UNSUPPORTED' : 'ERR_BODY_MALFORMED';
  return new Fault(code, error.message, { cause: error });
}

/** About what a parsed object or list takes, whatever is in it. */
const CONTAINER_BYTES = 200;
const [OPENS_OBJECT, OPENS_LIST] = [0x7b, 0x5b];

/** What the parse of a body takes beside its bytes: many empty objects take far more than they are long. */
function parseBytes(json: Uint8Array): number {
  let containers = 0;
  for (const byte of json) if (byte === OPENS_OBJECT || byte === OPENS_LIST) containers += 1;
  return containers * CONTAINER_BYTES + json.length;
}

function gathered(exchange: Parsed, bytes: Uint8Array): Gathered | Fault {
  try {
    return parsed(exchange, bytes);
  } catch (error) {
    return bodyFault(error);
  }
}

function parsed(exchange: Parsed, bytes: Uint8Array): Gathered | Fault {
  const { request, hold } = exchange;
  const body = bytes.length === 0 ? undefined : judge(exchange, bytes);
  if (body instanceof Fault) return body;
  const full = body && hold.take(parseBytes(body.bytes));
  if (full) return full;
  if (body === undefined && needsObject(request)) return new Fault('ERR_BODY_MALFORMED', 'there is none');
  return { ...exchange, body, dryRun: request.kind === 'resource' && isDryRun(request, body?.value) };
}

/** Reads the body of a write or a review whole and parses it once, and says whether the write is a dry run. */
export function gather(limits: BodyLimits): Stage<Parsed, Gathered> {
  const read = async (exchange: Parsed): Promise<Gathered | Fault> => {
    const { incoming, allowance } = exchange;
    if (declaredBytes(incoming) > limits.maxBytes) return new Fault('ERR_BODY_TOO_LARGE', String(limits.maxBytes));
    const bytes = await readAll(incoming.body, limits, exchange.hold);
    if (bytes instanceof Fault) return bytes;
    allowance.spend(bytes.length);
    return gathered(exchange, bytes);
  };
  return (exchange) => (exchange.incoming.hasBody ? read(exchange) : gathered(exchange, new Uint8Array()));
}
