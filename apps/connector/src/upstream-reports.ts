// SPDX-License-Identifier: Apache-2.0
import { ConnectorError, UpstreamError } from './connector-error.ts';
import type { ConnectorEvent } from './connector-event.ts';

const QUIET_MS = 10_000;

/** Tells the operator why requests fail upstream: the first of each kind in ten seconds, in words without addresses. */
export function upstreamReports(report: (event: ConnectorEvent) => void, now: () => Date): (error: unknown) => void {
  const lastAt = new Map<string, number>();
  return (error) => {
    const problem = error instanceof UpstreamError ? error.problem : 'unexpected';
    const cause = causeOf(error instanceof UpstreamError ? error.cause : error);
    const kind = `${problem} ${cause}`;
    const at = now().getTime();
    if (at - (lastAt.get(kind) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    if (lastAt.size > 100) lastAt.clear();
    lastAt.set(kind, at);
    report({ event: 'upstream-failed', problem, cause });
  };
}

function causeOf(cause: unknown): string {
  if (cause instanceof ConnectorError) return cause.message;
  if (!(cause instanceof Error)) return 'none';
  return (cause as NodeJS.ErrnoException).code ?? cause.name;
}
