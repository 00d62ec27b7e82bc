// SPDX-License-Identifier: Apache-2.0
import type { Decided } from './exchange.ts';
import { asksPeople } from './policies/asks-people.ts';

/**
 * Whether policy alone ends a session before it can be one: it is denied, could not be decided, or is asked of people while
 * its caller offers no switch, so that it can't be told to wait.
 */
export function isRefusedByPolicy({ made, upgrade }: Pick<Decided, 'made' | 'upgrade'>): boolean {
  if (asksPeople(made)) return upgrade === undefined;
  const { effect } = made.decision;
  return effect !== 'allow' && effect !== 'ask';
}
