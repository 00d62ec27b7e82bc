// SPDX-License-Identifier: Apache-2.0
import type { Context, MiddlewareHandler } from 'hono';

const POLICY = [
  "default-src 'none'",
  // The player of terminals is WebAssembly: docs/adr/0025-webassembly-in-the-console.md.
  ...[
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
  ],
  ...["form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"],
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** On each answer, whatever it is; nothing is kept by a browser unless its route says so. */
export function securityHeaders(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store');
  };
}

/** What a request says of where it comes from. */
export interface Provenance {
  readonly method: string;
  readonly path: string;
  readonly header: (name: string) => string | undefined;
}

/**
 * Why a request may not have come from a page of the console; undefined where it has. What changes something says so by a
 * header that no form can send and by its origin; and browsers say of each request whether another site's page made it,
 * which for the API must not be: a page of another port of the same host has the cookie too. A login is where somebody goes:
 * what a page loads unseen can't use up the logins that its reader may begin.
 */
export function strangeness({ method, path, header }: Provenance, origin: string): string | undefined {
  const site = header('sec-fetch-site');
  const isApi = path.startsWith('/api/');
  const isSafe = method === 'GET' || method === 'HEAD';
  if ((isApi || !isSafe) && site !== undefined && site !== 'same-origin') return 'another site sent this request';
  const target = header('sec-fetch-dest');
  if (path.startsWith('/auth/') && isSafe && target !== undefined && target !== 'document') return 'nobody went there';
  if (isSafe) return undefined;
  if (header('countersign-console') !== '1') return 'the header `countersign-console: 1` is missing';
  return header('origin') === origin ? undefined : 'its Origin is not that of the console';
}

/** Whether a request is for this console: a name that somebody made lead here is another one's. */
export function isForHost(context: Context, host: string): boolean {
  return context.req.header('host') === host && new URL(context.req.url).host === host;
}
