// SPDX-License-Identifier: Apache-2.0

import type { AgentRegistry } from '../identity/agent-registry.ts';
import type { TokenFacts } from '../identity/authentication.ts';
import type { Strangers } from '../limits/strangers.ts';
import type { Log } from '../log/log.ts';
import type { RefusedCaller, Role } from './authorize.ts';
import { callerPrincipal } from './caller-principal.ts';

export interface RecordRequestParts {
  readonly log: Log;
  readonly registry: AgentRegistry;
  readonly strangers: Strangers;
  /** Counts a refusal that gets no record to itself: of who is unknown by the source, of who is over a limit by the agent. */
  readonly onRefused: (fault: string, who: { readonly source: string } | { readonly agent: string }) => void;
}

/** Every method that a record names; all others are one to it. */
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

type RecordedMethod = (typeof METHODS)[number] | 'other';

interface ControlRequest {
  readonly id: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
}

/** Every request of a caller with a role is on record before it is answered. */
export async function recordRequest(
  { log, registry }: Pick<RecordRequestParts, 'log' | 'registry'>,
  token: TokenFacts,
  role: Role | undefined,
  { id, method, route, status }: ControlRequest,
): Promise<void> {
  const recorded: RecordedMethod = METHODS.find((known) => known === method) ?? 'other';
  await log.append([
    {
      type: 'control',
      exchange: id,
      principal: callerPrincipal(token, registry),
      ...(role === undefined ? {} : { role }),
      method: recorded,
      route,
      status,
    },
  ]);
}

/** A refusal is on record by name where it is known who asks, and doesn't all the time; else it is counted. */
export async function recordRefused(
  parts: RecordRequestParts,
  { problem, fault, token }: RefusedCaller,
  request: Omit<ControlRequest, 'status'>,
  source: string,
): Promise<void> {
  if (token === undefined || parts.strangers.isRepeating(token)) parts.onRefused(fault, { source });
  else await recordRequest(parts, token, undefined, { ...request, status: problem.status });
}
