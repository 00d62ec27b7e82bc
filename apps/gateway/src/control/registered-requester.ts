// SPDX-License-Identifier: Apache-2.0
import type { Requester } from '../approvals/approval.ts';
import type { Store } from '../store/store.ts';

/** An agent as somebody else asks for it, or lets it on: as it is registered for a cluster; undefined where it is not. */
export async function registeredRequester(
  { agents }: Pick<Store, 'agents'>,
  agent: string,
  cluster: string,
): Promise<Requester | undefined> {
  const found = await agents.get(agent);
  if (!found || !Object.hasOwn(found.value.clusters, cluster)) return undefined;
  const { match, owner, purpose } = found.value;
  return { id: agent, ...match, owner, purpose, act: [] };
}
