// SPDX-License-Identifier: Apache-2.0
import type { CallerHeaders } from './exchange.ts';
import { Fault } from './faults.ts';
import type { HeaderLines } from './tunnel/clusters.ts';
import { TunnelError } from './tunnel/tunnel-error.ts';

const MAX_USER_AGENT = 512;
/** A little more than the API server gives itself (60 s) for anything but streams. */
const ANSWER_TIMEOUT_MS = 65_000;

/** The caller's program as the API server is told of it: it takes the default field manager from it. */
export function userAgentLines({ userAgent }: CallerHeaders): HeaderLines {
  return userAgent === undefined ? [] : [['user-agent', userAgent.slice(0, MAX_USER_AGENT)]];
}

/**
 * Asks upstream, unless nobody waits for it any more; `hasLimit` ends the exchange when no head of an answer comes in time.
 * @throws TunnelError `ERR_TUNNEL_CANCELLED`
 */
export async function askUpstream<Answer>(
  abort: AbortController,
  hasLimit: boolean,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  if (abort.signal.aborted)
    throw new TunnelError('ERR_TUNNEL_CANCELLED', 'nobody waits for it any more', { sent: false });
  const timeOut = () => abort.abort(new Fault('ERR_UPSTREAM_TIMEOUT'));
  const timer = hasLimit ? setTimeout(timeOut, ANSWER_TIMEOUT_MS) : undefined;
  try {
    return await ask();
  } finally {
    clearTimeout(timer);
  }
}
