// SPDX-License-Identifier: Apache-2.0
import { pageHeaders } from './page-secret.ts';

/** What the gateway says when it does not do what it was asked (RFC 9457), or that it could not be reached. */
export class CallError extends Error {
  readonly status: number;
  readonly title: string;
  readonly code: string | undefined;

  /** @param status 0 where no answer came */
  constructor(status: number, title: string, detail: string, code?: string) {
    super(detail);
    this.name = 'CallError';
    this.status = status;
    this.title = title;
    this.code = code;
  }
}

type Method = 'GET' | 'POST' | 'DELETE';

async function errorOf(response: Response): Promise<CallError> {
  const problem: unknown = await response.json().catch(() => undefined);
  const said = (name: string): string | undefined => {
    const value = typeof problem === 'object' && problem !== null ? Reflect.get(problem, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const title = said('title') ?? `Answer ${response.status}`;
  return new CallError(response.status, title, said('detail') ?? 'The gateway did not say why.', said('code'));
}

/**
 * Asks the gateway as whoever is signed in. The headers are some that no form of another site can send, and that no other
 * port of this host has.
 * @throws CallError
 */
export async function open(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(path, {
    method,
    headers: {
      accept: 'application/json',
      ...pageHeaders(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    credentials: 'same-origin',
    redirect: 'error',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new CallError(0, 'No connection', 'The gateway can’t be reached. What you see may be out of date.');
  });
  if (!response.ok) throw await errorOf(response);
  return response;
}

/**
 * As `open`, for its JSON; undefined where the gateway answers without a body.
 * @throws CallError
 */
export async function call<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await open(method, path, body, signal);
  return response.status === 204 ? (undefined as T) : response.json();
}

/** Whether the person's session has ended: they sign in again. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof CallError && error.status === 401;
}
