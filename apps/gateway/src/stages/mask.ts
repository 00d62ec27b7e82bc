// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buildStatus, isPassableAnswer, type StatusReason, serializeStatus, statusCodes } from '@countersign/kube';
import {
  assertMaskableAnswer,
  createMasker,
  type Hmac,
  learnFromWrite,
  MaskError,
  type MaskingPlan,
  maskingFor,
} from '@countersign/mask';
import type { Forwarded, Masked } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Stage } from '../lane-table.ts';
import type { UpstreamResponse } from '../tunnel/clusters.ts';
import { wantsRelease } from '../wants-release.ts';

const NONCE_BYTES = 16;

/** One value of a header that may stand once. */
function headerOf({ headers }: UpstreamResponse, name: string): string | undefined {
  return headers.find(([found]) => found === name)?.[1];
}

/** A watch that fails is answered with one document, not with events. */
function planFor({ request, response }: Forwarded): MaskingPlan | undefined {
  const plan = maskingFor(request);
  return plan && response.status !== 200 ? { ...plan, shape: 'object-or-list' } : plan;
}

function reasonOf(status: number): StatusReason {
  const reasons = Object.keys(statusCodes) as StatusReason[];
  return reasons.find((reason) => statusCodes[reason] === status) ?? (status < 500 ? 'BadRequest' : 'InternalError');
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

/** An answer that goes on as it came, if that is a form that was asked for. */
function unmasked(exchange: Forwarded): Masked | Fault {
  const { response } = exchange;
  const isEmpty = response.status === 204 || (response.status >= 300 && response.status < 400);
  const type = headerOf(response, 'content-type');
  const isKnown = isPassableAnswer(type, headerOf(response, 'content-encoding'));
  if (isEmpty || isKnown) return { ...exchange, masker: undefined };
  return response.status >= 400 ? withoutItsWords(exchange) : new Fault('ERR_ANSWER_MALFORMED', 'its media type');
}

/** Puts a masker in the way of every body that may hold what must be masked; what it can't read is withheld. */
export function mask(hmac: Hmac): Stage<Forwarded, Masked> {
  return (exchange) => {
    const plan = planFor(exchange);
    if (plan === undefined || (exchange.made.decision.effect === 'allow' && exchange.made.decision.reveal)) {
      return unmasked(exchange);
    }
    const { response, body, cluster } = exchange;
    if (wantsRelease(exchange)) return new Fault('ERR_RELEASE_MASKED');
    if (!isMaskable(response)) return withoutItsWords(exchange);
    const learned = plan.isWriteAnswer && body ? { learned: learnFromWrite(body.bytes) } : {};
    return { ...exchange, masker: createMasker(plan, { hmac, cluster, nonce: randomBytes(NONCE_BYTES), ...learned }) };
  };
}
