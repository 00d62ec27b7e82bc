// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { CustomFetch } from 'openid-client';
import { readBounded } from '../identity/fetch-document.ts';

/**
 * How openid-client asks a provider: its certificate always verified, by the CA of the issuer's entry where it has one, no
 * redirect followed, at most 256 KiB taken.
 */
export function providerFetch(ca: string | undefined): CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    const options = { method, headers: { ...headers, 'accept-encoding': 'identity' }, signal, agent: false };
    const request = url.startsWith('https:')
      ? https.request(url, { ...options, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) })
      : http.request(url, options);
    request.end(body instanceof URLSearchParams ? body.toString() : undefined);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const bytes = await readBounded(response, new URL(url).origin);
    const type = response.headers['content-type'];
    return new Response(bytes.length === 0 ? null : Buffer.from(bytes), {
      status: response.statusCode ?? 500,
      headers: type === undefined ? {} : { 'content-type': type },
    });
  };
}
