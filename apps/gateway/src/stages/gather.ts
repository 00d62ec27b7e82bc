// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';
import { isDryRun } from '@countersign/kube';
import { needsObject } from '@countersign/policy';
import { askerOf } from '../apart/asker-of.ts';
import type { BodyJudge } from '../bodies/body-judge.ts';
import type { BodyVerdict } from '../bodies/judge-body.ts';
import type { Incoming } from '../data/incoming.ts';
import type { Gathered, JudgedBody, Parsed } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Stage } from '../lane-table.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

function declaredBytes({ headers }: Incoming): number {
  return Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0);
}

/**
 * Reads a body without destroying it: a caller that sends too much, or too slowly, still gets an answer, and so does one
 * whose exchange is ended meanwhile.
 */
function readAll(
  body: Readable,
  { maxBytes, timeoutMs }: BodyLimits,
  { hold, abort: { signal } }: Parsed,
): Promise<Uint8Array | Fault> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (result: Uint8Array | Fault) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
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
    const onAbort = () => settle(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    body.on('data', take);
    body.once('end', () => settle(Buffer.concat(chunks, size)));
    body.once('error', (cause) => settle(new Fault('ERR_BODY_MALFORMED', 'it broke off', { cause })));
    body.once('close', () => settle(new Fault('ERR_BODY_MALFORMED', 'it broke off')));
    if (signal.aborted) onAbort();
  });
}

/** About what a parsed object or list takes, whatever is in it. */
const CONTAINER_BYTES = 200;
const [OPENS_OBJECT, OPENS_LIST] = [0x7b, 0x5b];

/** What the parse of a body takes: many empty objects take far more than they are long. */
function parseBytes(json: Uint8Array): number {
  let containers = 0;
  for (const byte of json) if (byte === OPENS_OBJECT || byte === OPENS_LIST) containers += 1;
  return containers * CONTAINER_BYTES + json.length;
}

/** What a judged body takes from here on. */
function keptBytes({ bytes, written, spec }: JudgedBody): number {
  return bytes.length + (written?.packed.length ?? 0) + (spec === undefined ? 0 : parseBytes(bytes));
}

function gathered(exchange: Parsed, verdict: BodyVerdict): Gathered | Fault {
  if (verdict.kind === 'refused') {
    const { code, detail, causes = [] } = verdict;
    return new Fault(code, detail, { causes });
  }
  const { body, dryRun } = verdict;
  return exchange.hold.take(keptBytes(body)) ?? { ...exchange, body, dryRun };
}

function withoutBody(exchange: Parsed): Gathered | Fault {
  const { request } = exchange;
  if (needsObject(request)) return new Fault('ERR_BODY_MALFORMED', 'there is none');
  return { ...exchange, body: undefined, dryRun: request.kind === 'resource' && isDryRun(request, undefined) };
}

/** Reads the body of a write or a review whole and has it judged, and says whether the write is a dry run. */
export function gather(limits: BodyLimits, judge: BodyJudge): Stage<Parsed, Gathered> {
  const read = async (exchange: Parsed): Promise<Gathered | Fault> => {
    const { incoming, allowance, request, headers, lane } = exchange;
    if (declaredBytes(incoming) > limits.maxBytes) return new Fault('ERR_BODY_TOO_LARGE', String(limits.maxBytes));
    const bytes = await readAll(incoming.body, limits, exchange);
    if (bytes instanceof Fault) return bytes;
    allowance.spend(bytes.length);
    if (bytes.length === 0) return withoutBody(exchange);
    const { contentType } = headers;
    const question = { request, contentType, bytes, isReview: lane === 'review' };
    return gathered(exchange, await judge.judge(question, askerOf(exchange)));
  };
  return (exchange) => (exchange.incoming.hasBody ? read(exchange) : withoutBody(exchange));
}
