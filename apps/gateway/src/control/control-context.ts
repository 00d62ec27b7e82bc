// SPDX-License-Identifier: Apache-2.0
import type { Context } from 'hono';
import type { Asker } from '../apart/fair-thread.ts';
import type { ControlCaller } from './authorize.ts';

/** What is known of each request of the control API once its caller is. */
export interface ControlVariables {
  readonly requestId: string;
  readonly caller: ControlCaller;
  readonly sourceAddress: string;
  /** Counts what is done for it in other threads against its agent's limit. */
  readonly spendMs: Asker['spendMs'];
  /** Set where its agent is over a limit. */
  readonly overLimit?: { readonly agent: string; readonly fault: string };
}

export type ControlContext = Context<{ Variables: ControlVariables }>;
