// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { LogRecord } from '@countersign/evidence';
import type { Method } from '@countersign/kube';
import { userAgentLines } from './ask-upstream.ts';
import type { HeldAnswer } from './effects/effect.ts';
import type { Admitted } from './exchange.ts';
import { Fault } from './faults.ts';
import { identityLines } from './identity/upstream-identity.ts';
import type { Hold } from './limits/held-bytes.ts';
import type { Log } from './log/log.ts';
import { upkeepRecord } from './records/upkeep-record.ts';
import type { Clusters, UpstreamResponse } from './tunnel/clusters.ts';
import { TunnelError } from './tunnel/tunnel-error.ts';

const TIMEOUT_MS = 30_000;
/** What an API server stores as one object is smaller, and so are its lists of APIs. */
const MAX_BYTES = 8 * 1024 * 1024;

export interface QuestionParts {
  readonly clusters: Clusters;
  readonly log: Log;
}

/** A request of the gateway's own for the sake of an exchange, which MUST change nothing: a GET, or a dry run. */
export interface OwnQuestion {
  readonly purpose: Exclude<Extract<LogRecord, { type: 'upkeep' }>['purpose'], 'second-attempt'>;
  /** Default: GET. */
  readonly method?: Method;
  readonly target: string;
  readonly accept: string;
  readonly body?: { readonly contentType: string; readonly bytes: Uint8Array };
}

async function readAll({ body }: UpstreamResponse, hold: Hold): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Fault('ERR_POLICY_UNAVAILABLE', 'the cluster answered too much');
    const full = hold.take(chunk.length);
    if (full) throw full;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/**
 * Asks the exchange's cluster as its agent, and puts that on record under an id of its own. The answer is read whole, 8
 * MiB at most.
 * @throws Fault, TunnelError, LogError
 */
export async function askAsAgent(
  exchange: Admitted,
  { purpose, method = 'GET', target, accept, body }: OwnQuestion,
  { clusters, log }: QuestionParts,
): Promise<HeldAnswer> {
  const { cluster, abort } = exchange;
  const id = randomUUID();
  let status: number | undefined;
  try {
    const response = await clusters.request(cluster, {
      method,
      target,
      headers: [
        ['accept', accept],
        ['accept-encoding', 'identity'],
        ['audit-id', id],
        ...identityLines(exchange),
        // Who manages a field follows from it where the query does not say.
        ...userAgentLines(exchange.headers),
        ...(body ? ([['content-type', body.contentType]] as const) : []),
      ],
      body: body?.bytes,
      signal: AbortSignal.any([abort.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    status = response.status;
    return { status, headers: response.headers, bytes: await readAll(response, exchange.hold) };
  } catch (cause) {
    // What was asked for itself has not left: only this question may be lost.
    const isLost = cause instanceof TunnelError && cause.sent && cause.problem !== 'credential-refused';
    throw isLost ? new Fault('ERR_UPSTREAM_UNREACHABLE', '', { cause }) : cause;
  } finally {
    await log.append([upkeepRecord(exchange, { id, purpose, status })]);
  }
}
