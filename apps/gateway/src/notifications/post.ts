// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';

export interface Posting {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** PEM; the public CAs when absent. */
  readonly ca: string | undefined;
  /** For all of it. */
  readonly timeoutMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** What came of it. */
export type Posted =
  | { readonly status: number; readonly retryAfterMs: number }
  | { readonly problem: 'unreachable' | 'timed-out' };

function retryAfterMs({ headers }: IncomingMessage): number {
  const text = headers['retry-after'] ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : 0;
}

/**
 * Posts once: the certificate always verified, no redirect followed. Of the answer its status counts and nothing else, so
 * its body is not read.
 */
export async function post({ url, headers, body, ca, timeoutMs, signal: ended }: Posting): Promise<Posted> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([timeout, ended]);
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    signal,
    agent: false,
  };
  const request =
    url.protocol === 'https:'
      ? https.request(url, { ...options, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) })
      : http.request(url, options);
  // Whoever answers early and hangs up is heard by its answer.
  request.on('error', () => undefined);
  try {
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    return { status: response.statusCode ?? 0, retryAfterMs: retryAfterMs(response) };
  } catch {
    return { problem: timeout.aborted ? 'timed-out' : 'unreachable' };
  } finally {
    request.destroy();
  }
}
