// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buildStatus, isPassableAnswer, serializeStatus } from '@countersign/kube';
import {
  assertMaskableAnswer,
  createMasker,
  type Hmac,
  LearnedValues,
  MaskError,
  type Masker,
  type MaskingPlan,
  NameMemo,
} from '@countersign/mask';
import { boundedInflate } from '../bounded-inflate.ts';
import type { Forwarded, Masked } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { isRevealed } from '../is-revealed.ts';
import type { Stage } from '../lane-table.ts';
import { withMaskedWarnings } from '../masked-warnings.ts';
import { reasonOf } from '../respond/reason-of.ts';
import { errorMasker, type KnownValues, logMasker, messageMasker, sessionMasks } from '../text-maskers.ts';
import type { HeaderLines, UpstreamResponse } from '../tunnel/clusters.ts';
import { wantsRelease } from '../wants-release.ts';

const NONCE_BYTES = 16;

/** What maskers of objects share. */
interface MaskParts {
  readonly hmac: Hmac;
  /** Objects of all clusters have the same names of members and variables. */
  readonly names: NameMemo;
}

/** One value of a header that may stand once. */
function headerOf({ headers }: UpstreamResponse, name: string): string | undefined {
  return headers.find(([found]) => found === name)?.[1];
}

/** A watch that fails is answered with one document, not with events. */
function planFor({ masking, response: { status } }: Forwarded): MaskingPlan | undefined {
  return masking && status !== 200 ? { ...masking, shape: 'object-or-list' } : masking;
}

/**
 * An error that came in no form that can be masked or passed, as the plain text of a full queue or the page of a server
 * behind the API server: its status and Retry-After say what a client must know, its words are withheld.
 */
function withoutItsWords({ response, ...exchange }: Forwarded): Masked {
  const { status } = response;
  const seconds = Number(headerOf(response, 'retry-after') ?? Number.NaN);
  const message = `the API server answered ${status}; its words were withheld, as they came in no form that can be read (request ${exchange.id})`;
  const answer = buildStatus(reasonOf(status), message, {
    code: status,
    details: { uid: exchange.id, ...(Number.isSafeInteger(seconds) ? { retryAfterSeconds: seconds } : {}) },
  });
  const headers = response.headers.filter(([name]) => name !== 'content-type');
  response.body.destroy();
  return {
    ...exchange,
    masker: undefined,
    response: {
      ...response,
      headers: [...headers, ['content-type', 'application/json']],
      body: Readable.from([Buffer.from(serializeStatus(answer))]),
    },
  };
}

function isMaskable(response: UpstreamResponse): boolean {
  try {
    assertMaskableAnswer(headerOf(response, 'content-type'), headerOf(response, 'content-encoding'));
    return true;
  } catch (error) {
    if (error instanceof MaskError && response.status >= 400) return false;
    throw error;
  }
}

/** An answer without a body, as to a delete of an aggregated API: what comes in its place all the same is not passed. */
function withoutBody({ response, ...exchange }: Forwarded): Masked {
  response.body.destroy();
  return { ...exchange, masker: undefined, response: { ...response, body: Readable.from([]) } };
}

/** An answer that goes on as it came, or through a masker of texts, if it is in a form that was asked for. */
function passed(exchange: Forwarded, masker: Masker | undefined): Masked | Fault {
  const { response } = exchange;
  const isEmpty = response.status === 204 || (response.status >= 300 && response.status < 400);
  const type = headerOf(response, 'content-type');
  const isKnown = isPassableAnswer(type, headerOf(response, 'content-encoding'));
  if (isEmpty || isKnown) return { ...exchange, masker };
  return response.status >= 400 ? withoutItsWords(exchange) : new Fault('ERR_ANSWER_MALFORMED', 'its media type');
}

/** A log is plain text in UTF-8 and nothing else. */
function maskedLog(exchange: Forwarded, hmac: Hmac): Masked | Fault {
  const [type = '', charset = 'charset=utf-8'] = (headerOf(exchange.response, 'content-type') ?? '')
    .toLowerCase()
    .split(';');
  const isText = type.trim() === 'text/plain' && charset.trim() === 'charset=utf-8';
  return isText ? passed(exchange, logMasker(exchange, hmac)) : new Fault('ERR_ANSWER_MALFORMED', 'its media type');
}

/** Puts a masker in the way of every body that may hold what must be masked; what it can't read is withheld. */
export function mask(hmac: Hmac): Stage<Forwarded, Masked> {
  const parts = { hmac, names: new NameMemo() };
  return (exchange) => {
    if (exchange.upstream) return maskedSession(exchange, hmac);
    const plan = planFor(exchange);
    if (plan === undefined) return passed(exchange, unplannedMasker(exchange, hmac));
    const headers = safeHeaders(exchange, plan, hmac);
    const { response } = exchange;
    const safe = headers === response.headers ? exchange : { ...exchange, response: { ...response, headers } };
    return masked(safe, plan, parts);
  };
}

/** What flows in a session is masked as it comes, each output for itself. */
function maskedSession(exchange: Forwarded, hmac: Hmac): Masked {
  const masks = isRevealed(exchange.made.decision) ? {} : { outputMask: sessionMasks(exchange, hmac) };
  return { ...exchange, masker: undefined, ...masks };
}

/** What is about no resource holds no values, but nobody knows what an error says. */
function unplannedMasker(exchange: Forwarded, hmac: Hmac): Masker | undefined {
  const isError = exchange.request.kind === 'non-resource' && exchange.response.status >= 400;
  return isError ? messageMasker(exchange, hmac) : undefined;
}

/** A warning may quote the object that it is about: of a Secret, any part of it may be a value. */
function safeHeaders(exchange: Forwarded, plan: MaskingPlan, hmac: Hmac): HeaderLines {
  const { headers } = exchange.response;
  if (!headers.some(([name]) => name === 'warning')) return headers;
  if (!plan.rules.isStrict) return withMaskedWarnings(exchange, hmac, knownOf(exchange, plan));
  return headers.filter(([name]) => name !== 'warning');
}

function masked(exchange: Forwarded, plan: MaskingPlan, parts: MaskParts): Masked | Fault {
  const { response, lane } = exchange;
  const { hmac } = parts;
  if (lane === 'logs' && response.status === 200) return maskedLog(exchange, hmac);
  if (response.status === 204) return withoutBody(exchange);
  if (wantsRelease(exchange)) return new Fault('ERR_RELEASE_MASKED');
  if (isMaskable(response)) return { ...exchange, masker: objectMasker(exchange, plan, parts) };
  if (plan.rules.isStrict || !isPlainText(response)) return withoutItsWords(exchange);
  return passed(exchange, errorMasker(exchange, hmac, knownOf(exchange, plan)));
}

function isPlainText(response: UpstreamResponse): boolean {
  const [type = '', ...parameters] = (headerOf(response, 'content-type') ?? '').toLowerCase().split(';');
  return type.trim() === 'text/plain' && parameters.every((parameter) => /^\s*charset="?utf-8"?\s*$/.test(parameter));
}

function objectMasker(exchange: Forwarded, plan: MaskingPlan, parts: MaskParts): Masker {
  const { cluster, response, metadataAs, rowsAs } = exchange;
  const isRefusal = response.status >= 400;
  // A refusal is a Status.
  const form = isRefusal ? {} : { ...(metadataAs && { metadataAs }), ...(rowsAs && { rowsAs }) };
  const options = { ...parts, cluster, inflate: boundedInflate, isRefusal, ...form };
  return createMasker(plan, { ...options, ...knownOf(exchange, plan) });
}

/** What the body of a write has brought along. */
function knownOf({ body }: Forwarded, plan: MaskingPlan): KnownValues {
  if (!plan.isWriteAnswer || body === undefined) return {};
  const { written } = body;
  if (written === undefined) throw new TypeError('nobody has looked for values in the body of a write');
  const nonce = written.carriesValues ? { nonce: randomBytes(NONCE_BYTES) } : {};
  return { learned: LearnedValues.unpack(written.packed), ...nonce };
}
