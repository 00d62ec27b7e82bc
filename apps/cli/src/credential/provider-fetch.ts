// SPDX-License-Identifier: Apache-2.0
import { CliError } from '../cli-error.ts';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 256 * 1024;

export interface ProviderAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * A URL that a secret may be sent to: https, or http on loopback.
 * @throws CliError, with exit code 1 unless another is given
 */
export function providerUrl(value: unknown, what: string, exitCode: 1 | 3 = 1): URL {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  const loopback = url !== null && /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/.test(url.hostname);
  if (!url || (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback))) {
    throw new CliError(exitCode, `${what} must be an https URL (http only on this machine)`);
  }
  return url;
}

async function readBody(response: Response, url: URL): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new CliError(1, `${url.href} answered with more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Asks an identity provider: no redirect followed, 10 s, 256 KiB, all of which is there when this resolves.
 * @throws CliError (1)
 */
export async function fetchBounded(url: URL, init: RequestInit = {}): Promise<Response> {
  const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(init.signal ? [init.signal] : [])];
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.any(signals) });
    const bytes = await readBody(response, url);
    const { status, headers } = response;
    return new Response(bytes.length === 0 ? null : Buffer.from(bytes), { status, headers });
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : 'no answer';
    throw new CliError(1, `the identity provider at ${url.href} can't be reached: ${reason}`, { cause });
  }
}

/**
 * As `fetchBounded`, for a JSON answer. What the provider answered is not repeated in errors.
 * @throws CliError (1)
 */
export async function fetchProvider(url: URL, init: RequestInit = {}): Promise<ProviderAnswer> {
  const response = await fetchBounded(url, init);
  const { status } = response;
  const text = await response.text();
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return { status, body: body as ProviderAnswer['body'] };
  } catch {
    // Said below: a parse error would quote the answer.
  }
  throw new CliError(1, `${url.href} answered ${status} without JSON: is it an OpenID provider?`);
}
