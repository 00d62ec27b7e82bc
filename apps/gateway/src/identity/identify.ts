// SPDX-License-Identifier: Apache-2.0
import type { Principal } from '@countersign/policy';
import type { TokenFacts } from './authentication.ts';

/** A registered agent, as its entry stands now. Times are milliseconds since the epoch. */
export interface RegisteredAgent {
  readonly kind: 'agent';
  readonly id: string;
  readonly owner: string;
  readonly purpose: string;
  readonly enabled: boolean;
  /** Nobody answers for it any more. */
  readonly orphaned: boolean;
  readonly expiresAt: number | undefined;
  /** Its own lock, or its owner's. */
  readonly locked: boolean;
  /** Policy groups in addition to those of the token. */
  readonly groups: readonly string[];
}

/** A human of an issuer that is configured for humans. The id is a pseudonym. */
export interface RegisteredHuman {
  readonly kind: 'human';
  readonly id: string;
  readonly locked: boolean;
}

/** What was an agent and is none any more: nobody, whatever groups its token has. */
export interface FormerAgent {
  readonly kind: 'former';
  readonly id: string;
  readonly owner: string;
}

/**
 * Who is registered. Implementations MUST match issuer and subject exactly, MUST answer from the entries in force, MUST
 * answer `human` only for issuers that are configured for humans, MUST answer `former` for what was an agent under another
 * entry, and MUST throw rather than answer from doubt.
 */
export interface Registry {
  lookup(issuer: string, subject: string): Registered | undefined;
}

export type Registered = RegisteredAgent | RegisteredHuman | FormerAgent;

export type UnidentifiedReason = 'unregistered' | 'expired' | 'disabled' | 'orphaned' | 'locked';

/** `unavailable` is "could not evaluate": the registry had no answer, so nobody is let in. */
export type Identification =
  | { readonly kind: 'identified'; readonly principal: Principal }
  | { readonly kind: 'refused'; readonly reason: UnidentifiedReason; readonly agent: string | undefined }
  | { readonly kind: 'unavailable'; readonly what: 'registry' };

function checkAgent(agent: RegisteredAgent, nowMs: number): UnidentifiedReason | undefined {
  if (agent.locked) return 'locked';
  if (agent.orphaned) return 'orphaned';
  if (!agent.enabled) return 'disabled';
  return agent.expiresAt !== undefined && nowMs >= agent.expiresAt ? 'expired' : undefined;
}

function agentPrincipal(agent: RegisteredAgent, facts: TokenFacts): Principal {
  return {
    kind: 'agent',
    id: agent.id,
    owner: agent.owner,
    purpose: agent.purpose,
    groups: [...new Set([...facts.groups, ...agent.groups])],
    issuer: facts.issuer,
    subject: facts.subject,
    act: facts.act,
  };
}

function humanPrincipal({ id }: RegisteredHuman, facts: TokenFacts): Principal {
  const { groups, issuer, subject } = facts;
  return { kind: 'human', id, owner: id, purpose: '', groups, issuer, subject, act: [] };
}

/**
 * Says which registered agent or human is the caller. With an `act` chain the caller is its outermost actor, who must be
 * a registered agent: the subject is only the one it acts for, and lends it no registration.
 * @see RFC 8693 §4.1
 */
export function identify(facts: TokenFacts, registry: Registry, nowMs: number): Identification {
  const actor = facts.act[0];
  const { issuer, subject } = actor ?? facts;
  let entry: Registered | undefined;
  try {
    entry = registry.lookup(issuer, subject);
  } catch {
    return { kind: 'unavailable', what: 'registry' };
  }
  if (!entry || entry.kind === 'former' || (entry.kind === 'human' && actor))
    return { kind: 'refused', reason: 'unregistered', agent: undefined };
  if (entry.kind === 'human') {
    if (entry.locked) return { kind: 'refused', reason: 'locked', agent: undefined };
    return { kind: 'identified', principal: humanPrincipal(entry, facts) };
  }
  const reason = checkAgent(entry, nowMs);
  if (reason) return { kind: 'refused', reason, agent: entry.id };
  return { kind: 'identified', principal: agentPrincipal(entry, facts) };
}
