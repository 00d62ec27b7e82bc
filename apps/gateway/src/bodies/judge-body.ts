// SPDX-License-Identifier: Apache-2.0
import {
  checkBodyTarget,
  isDryRun,
  type JsonBodyFormat,
  type JsonValue,
  jsonAt,
  jsonMediaTypes,
  KubeError,
  type KubeRequest,
  namedObject,
  readBody,
  type StatusCause,
  serializeJson,
} from '@countersign/kube';
import {
  findTokens,
  findValueRead,
  learnFromWrite,
  type MaskingPlan,
  maskingFor,
  mayUncover,
  mayUnname,
} from '@countersign/mask';
import { factsOf, labelChange, needsObject, noChange, objectChange, PolicyError } from '@countersign/policy';
import type { BodyFacts, JudgedBody, WrittenValues } from '../exchange.ts';
import type { FaultCode } from '../faults.ts';

/** A body as it came, and the request that it came with. Plain data: it may go to another thread. */
export interface BodyQuestion {
  readonly request: KubeRequest;
  readonly contentType: string | undefined;
  readonly bytes: Uint8Array;
  /** The body of a review, whose `spec` is wanted. */
  readonly isReview: boolean;
}

/** What the body is, or the fault that it is. Plain data, as the question is. */
export type BodyVerdict =
  | { readonly kind: 'judged'; readonly body: JudgedBody; readonly dryRun: boolean }
  | {
      readonly kind: 'refused';
      readonly code: FaultCode;
      readonly detail: string;
      readonly causes?: readonly StatusCause[];
    };

/**
 * Parses a body once and says all that anybody asks of it later: what of it goes upstream, whether it holds a mask, what it
 * is about, what policy may look at. Takes time in proportion to its length.
 */
export function judgeBody(question: BodyQuestion): BodyVerdict {
  try {
    return judged(question);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const isUnsupported = error.code === 'ERR_KUBE_MEDIA_TYPE' || error.code === 'ERR_KUBE_PROTOBUF_TYPE';
    return {
      kind: 'refused',
      code: isUnsupported ? 'ERR_BODY_UNSUPPORTED' : 'ERR_BODY_MALFORMED',
      detail: error.message,
    };
  }
}

function judged({ request, contentType, bytes, isReview }: BodyQuestion): BodyVerdict {
  const { format, value } = readBody(contentType, request.method, bytes);
  const isDelete = request.kind === 'resource' && request.method === 'DELETE';
  const target = request.kind === 'resource' && !isDelete ? checkBodyTarget(request, format, value) : undefined;
  const sent = Buffer.from(serializeJson(value));
  const [token] = findTokens(sent);
  if (token) {
    const cause = { reason: 'FieldValueInvalid', message: 'this is a mask, not the real value', field: token.path };
    return { kind: 'refused', code: 'ERR_MASKED_VALUE_WRITTEN', detail: token.path, causes: [cause] };
  }
  const masking = maskingFor(request);
  const read = format === 'json-patch' && masking ? findValueRead(value, masking) : undefined;
  if (read) return { kind: 'refused', code: 'ERR_MASKED_VALUE_READ', detail: read };
  const body: JudgedBody = {
    format,
    contentType: jsonMediaTypes[format],
    bytes: sent,
    target,
    facts: bodyFacts(request, format, value),
    change: request.kind === 'resource' ? objectChange(format, value, request) : noChange,
    labels: labelChange(format, value),
    named: request.kind === 'resource' ? namedObject({ request, format, value }) : {},
    written: masking?.isWriteAnswer
      ? writtenValues({ format, value, bytes: sent, isPut: isPutObject(request) }, masking)
      : undefined,
    spec: isReview ? jsonAt(value, 'spec') : undefined,
  };
  return { kind: 'judged', body, dryRun: request.kind === 'resource' && isDryRun(request, value) };
}

/** Whether an object is put, or its status: other subresources take nothing else away. */
function isPutObject(request: KubeRequest): boolean {
  return request.kind === 'resource' && request.method === 'PUT' && ['', 'status'].includes(request.subresource);
}

interface Written {
  readonly format: JsonBodyFormat;
  readonly value: JsonValue;
  readonly bytes: Uint8Array;
  readonly isPut: boolean;
}

function writtenValues({ format, value, bytes, isPut }: Written, masking: MaskingPlan): WrittenValues {
  const { learned, carriesValues } = learnFromWrite({ value, bytes, isJsonPatch: format === 'json-patch' }, masking);
  return {
    packed: learned.pack(),
    carriesValues,
    mayUncover: mayUncover(format, value, masking),
    mayUnname: mayUnname(format, value, masking, { isPut }),
  };
}

function bodyFacts(request: KubeRequest, format: JsonBodyFormat, value: JsonValue): BodyFacts | undefined {
  if (request.kind !== 'resource' || !needsObject(request)) return undefined;
  try {
    return { object: factsOf(format, value, request) };
  } catch (error) {
    if (!(error instanceof PolicyError && error.code === 'ERR_POLICY_FACTS')) throw error;
    return { problem: error.message };
  }
}
