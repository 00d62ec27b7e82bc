// SPDX-License-Identifier: Apache-2.0

import type { MiddlewareHandler } from 'hono';
import { spendMsOf } from '../apart/asker-of.ts';
import { Fault } from '../faults.ts';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import type { AgentLimits } from '../limits/agent-limits.ts';
import type { ControlVariables } from './control-context.ts';
import { problemResponse, problems } from './problem.ts';

export interface LimitAgentsParts {
  readonly registry: AgentRegistry;
  /** The same as on the listener for agents: what an agent asks here counts there. */
  readonly limits: AgentLimits;
}

/** Holds agents to their limits; people have none here. */
export function limitAgents({
  registry,
  limits,
}: LimitAgentsParts): MiddlewareHandler<{ Variables: ControlVariables }> {
  return async (context, next) => {
    const { caller, requestId } = context.var;
    context.set('spendMs', () => {});
    if (caller.agent === undefined) return next();
    const allowance = limits.admit(caller.agent, registry.limitsOf(caller.agent));
    if (allowance instanceof Fault) {
      context.set('overLimit', { agent: caller.agent, fault: allowance.code });
      const response = problemResponse({ ...problems.tooMany(allowance.message), code: allowance.code }, requestId);
      response.headers.set('retry-after', String(allowance.retryAfterSeconds ?? 1));
      return response;
    }
    context.set('spendMs', spendMsOf(allowance));
    try {
      await next();
    } finally {
      allowance.leave();
    }
  };
}
