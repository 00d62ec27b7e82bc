// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { IdentityError } from './identity-error.ts';

/** Longest document that is read, in bytes. */
const MAX_DOCUMENT_BYTES = 256 * 1024;

export interface FetchOptions {
  /** PEM; the public CAs when absent. */
  readonly ca?: string | undefined;
  /** Ends the fetch; the caller sets the time limit. */
  readonly signal: AbortSignal;
}

/** A body of at most 256 KiB. @throws IdentityError `ERR_IDENTITY_FETCH` where it is longer */
export async function readBounded(response: IncomingMessage, where: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_DOCUMENT_BYTES) {
      throw new IdentityError('ERR_IDENTITY_FETCH', `${where} is longer than ${MAX_DOCUMENT_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Fetches a document that an identity provider publishes: plain GET, certificate always verified, no redirect followed,
 * no encoding taken, at most 256 KiB.
 * @throws IdentityError `ERR_IDENTITY_FETCH`
 */
export async function fetchDocument(url: URL, { ca, signal }: FetchOptions): Promise<Uint8Array> {
  const where = url.href;
  const headers = { accept: 'application/json', 'accept-encoding': 'identity' };
  const request =
    url.protocol === 'https:'
      ? https.get(url, { signal, headers, agent: false, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) })
      : http.get(url, { signal, headers, agent: false });
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200 || response.headers['content-encoding'] !== undefined) {
      const answer = `status ${response.statusCode}, content-encoding ${response.headers['content-encoding'] ?? 'none'}`;
      throw new IdentityError('ERR_IDENTITY_FETCH', `${where} answered ${answer}; 200 without encoding is needed`);
    }
    return await readBounded(response, where);
  } catch (cause) {
    if (cause instanceof IdentityError) throw cause;
    const problem = cause instanceof Error ? cause.message : 'unknown';
    throw new IdentityError('ERR_IDENTITY_FETCH', `${where} can't be fetched: ${problem}`, { cause });
  } finally {
    request.destroy();
  }
}
