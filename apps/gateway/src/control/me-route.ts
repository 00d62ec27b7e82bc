// SPDX-License-Identifier: Apache-2.0
import type { Context } from 'hono';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import type { ControlCaller } from './authorize.ts';

export interface MeParts {
  readonly registry: Pick<AgentRegistry, 'ownedBy'>;
  /** How many passkeys a person has; absent where nobody has any. */
  readonly passkeysOf?: (person: { readonly issuer: string; readonly subject: string }) => Promise<number>;
}

/** Who the caller is to the gateway, and what they may do. Of the token nothing but what it calls them. */
export async function me(
  context: Context,
  { registry, passkeysOf }: MeParts,
  { caller }: { readonly caller: ControlCaller },
): Promise<Response> {
  const { issuer, subject, names, expiresAt } = caller.token;
  const email = names.find((name) => /^[^@\s]+@[^@\s]+$/.test(name));
  return context.json({
    subject,
    issuer,
    ...(email === undefined ? {} : { email }),
    roles: caller.roles,
    approverGroups: caller.approverGroups,
    agents: registry.ownedBy(caller.owners ?? []),
    expiresAt: new Date(expiresAt).toISOString(),
    passkeys: (await passkeysOf?.({ issuer, subject })) ?? 0,
  });
}
