// SPDX-License-Identifier: Apache-2.0
import type { Registry } from '../identity/identify.ts';
import type { Log } from '../log/log.ts';
import { callerPrincipal } from './caller-principal.ts';
import type { ControlContext } from './control-context.ts';
import { type Problem, problemResponse } from './problem.ts';

/** What a refusal is about, beside who is refused. */
export interface RefusedMatter {
  readonly cluster?: string;
  readonly approval?: string;
}

/** What somebody says and is not taken is on record before that is answered. @throws LogError */
export async function refuseOnRecord(
  problem: Problem & { readonly code: string },
  { var: { requestId, caller } }: ControlContext,
  { log, registry }: { readonly log: Log; readonly registry: Registry },
  matter: RefusedMatter = {},
): Promise<Response> {
  await log.append([
    {
      type: 'refusal',
      exchange: requestId,
      ...matter,
      principal: callerPrincipal(caller.token, registry),
      verdict: 'denied',
      fault: problem.code,
      origin: 'policy',
      status: problem.status,
    },
  ]);
  return problemResponse(problem, requestId);
}
