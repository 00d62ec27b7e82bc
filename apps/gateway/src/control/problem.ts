// SPDX-License-Identifier: Apache-2.0
import type { ZodError } from 'zod';

/**
 * A refusal of the control API.
 * @see RFC 9457
 */
export interface Problem {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 410 | 412 | 413 | 428 | 429 | 500 | 503;
  readonly title: string;
  readonly detail: string;
  /** For programs, where there is more than the status to tell. */
  readonly code?: string;
}

/** What is wrong with each part of a body or a query, in one line: `reason: say why; seconds: …`. */
function flawsOf({ issues }: ZodError): string {
  return issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; ');
}

export const problems = {
  unauthorized: (detail: string): Problem => ({ status: 401, title: 'Who are you?', detail }),
  forbidden: (detail: string): Problem => ({ status: 403, title: 'Not your role', detail }),
  notFound: (detail: string): Problem => ({ status: 404, title: 'Not here', detail }),
  methodNotAllowed: (detail: string): Problem => ({ status: 405, title: 'Not that way', detail }),
  badRequest: (detail: string): Problem => ({ status: 400, title: 'Not understood', detail }),
  malformed: (error: ZodError): Problem => ({ status: 400, title: 'Not understood', detail: flawsOf(error) }),
  tooLarge: (limit: number): Problem => ({
    status: 413,
    title: 'Too much',
    detail: `a body has at most ${limit} bytes`,
  }),
  tooMany: (detail: string): Problem => ({ status: 429, title: 'Too often', detail }),
  unavailable: (detail: string): Problem => ({ status: 503, title: 'Could not evaluate', detail }),
} as const;

export function problemResponse(problem: Problem, requestId: string): Response {
  return Response.json(
    { ...problem, requestId },
    { status: problem.status, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } },
  );
}
