// SPDX-License-Identifier: Apache-2.0
import type { AgentDocument, Store } from '../store/store.ts';
import { holderId } from './holder-id.ts';

/**
 * Keeps that a token was an agent's; MUST be durable before the agent is known by it no more, so that there is no moment in
 * which its groups make a person of it.
 * @throws StoreError
 */
export async function keepFormer(
  { formerAgents }: Pick<Store, 'formerAgents'>,
  agent: string,
  { owner, match }: Pick<AgentDocument, 'owner' | 'match'>,
): Promise<void> {
  // One that is kept already is as good.
  await formerAgents.insert(holderId(match), { agent, owner, match });
}
