// SPDX-License-Identifier: Apache-2.0
import type { Config } from '../config/schema.ts';
import type { TokenFacts } from '../identity/authentication.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import { bearerToken } from '../identity/bearer-token.ts';
import { type FormerAgent, identify, type RegisteredAgent, type Registry } from '../identity/identify.ts';
import { type Problem, problems } from './problem.ts';

/** A role that comes with a group. */
type GroupRole = 'operator' | 'auditor' | 'approver';
export type Role = GroupRole | 'agent' | 'owner';

/** Who is registered, and for whom they answer. */
type OwnedRegistry = Registry & { hasOwner(owner: string): boolean };

/** A human who may use the control API, or an agent that asks about itself. */
export interface ControlCaller {
  readonly token: TokenFacts;
  readonly roles: readonly Role[];
  /** Groups in whose name they may countersign. */
  readonly approverGroups: readonly string[];
  /** As entries of agents name them, where they have the role `owner`. */
  readonly owners?: readonly string[];
  /** The registered agent that calls, where the role is `agent`. */
  readonly agent?: string;
  /** How they said who they are: by a token on each request, or by a session of the console. */
  readonly via: 'bearer' | 'console';
  /** When they logged in to the console. */
  readonly loggedInAt?: string;
}

/** Whether a caller sees what is everybody's: an operator or an auditor. */
export function seesAll({ roles }: ControlCaller): boolean {
  return roles.some((role) => role === 'operator' || role === 'auditor');
}

/** A caller who is refused. */
export interface RefusedCaller {
  readonly problem: Problem;
  /** As refusals are counted. */
  readonly fault: 'ERR_TOKEN_MISSING' | 'ERR_TOKEN_REFUSED' | 'ERR_IDENTITY_UNAVAILABLE' | 'ERR_ROLE_MISSING';
  /** Of who is known, but has no role. */
  readonly token?: TokenFacts;
}

export interface AuthorizeParts {
  readonly authenticator: () => Authenticator;
  readonly config: () => Config;
  readonly registry: OwnedRegistry;
  readonly now: () => Date;
}

/**
 * The agent that holds a token, if any, whether it may call now or not, or is one no more: with an `act` claim it is the
 * outermost actor.
 */
export function agentOf(token: TokenFacts, registry: Registry): RegisteredAgent | FormerAgent | undefined {
  const { issuer, subject } = token.act[0] ?? token;
  const found = registry.lookup(issuer, subject);
  return found?.kind === 'human' ? undefined : found;
}

/**
 * The groups of a token to which the configuration gives a role, by issuer. Agents have none, nor has what was one: a token with an `act` chain
 * has the groups of the human whom an agent acts for, but it is the agent that holds it.
 */
function groupsWith(role: GroupRole, token: TokenFacts, config: Config, registry: Registry): readonly string[] {
  const issuer = config.issuers.find((known) => known.issuer === token.issuer)?.name;
  if (agentOf(token, registry) || token.act.length > 0) return [];
  const bound = config.roles[role].filter((binding) => binding.issuer === issuer).map(({ group }) => group);
  return [...new Set(bound)].filter((group) => token.groups.includes(group));
}

/** The roles that a token has by its groups. */
export function rolesOf(token: TokenFacts, config: Config, registry: Registry): readonly GroupRole[] {
  const all = ['operator', 'auditor', 'approver'] as const;
  return all.filter((role) => groupsWith(role, token, config, registry).length > 0);
}

/** Whether somebody answers for an agent with this owner. */
export function isOwnerOf({ owners = [] }: ControlCaller, owner: string | undefined): boolean {
  return owner !== undefined && owners.includes(owner);
}

/** As which owners of agents a token stands, if its issuer is trusted to say so; whoever acts through others is none. */
function ownersIn(token: TokenFacts, config: Config, registry: OwnedRegistry): readonly string[] {
  if (agentOf(token, registry) || token.act.length > 0) return [];
  const issuer = config.issuers.find((known) => known.issuer === token.issuer)?.name;
  const trusted = (config.roles.owner ?? []).filter((binding) => binding.issuer === issuer);
  const names = trusted.map(({ claim }) => (claim === 'email' ? token.email : token.subject));
  return names.filter((name) => name !== undefined).filter((name) => registry.hasOwner(name));
}

/**
 * The role of a token that has none by its groups: of an agent, as long as it is registered, enabled and not locked, by the
 * same rules as on the listener for agents.
 */
function roleOfAgent(
  token: TokenFacts,
  via: ControlCaller['via'],
  { registry, now }: AuthorizeParts,
): ControlCaller | RefusedCaller {
  const found = identify(token, registry, now().getTime());
  if (found.kind === 'identified' && found.principal.kind === 'agent') {
    return { token, roles: ['agent'], approverGroups: [], agent: found.principal.id, via };
  }
  if (found.kind === 'unavailable') {
    const problem = problems.unavailable('who is registered is not known; try again');
    return { problem, fault: 'ERR_IDENTITY_UNAVAILABLE', token };
  }
  const advice = 'this API is for people in the groups under `roles` in the configuration, and for registered agents';
  return { problem: problems.forbidden(advice), fault: 'ERR_ROLE_MISSING', token };
}

/** Who calls the control API, from its one Authorization line; everybody without a role is refused. */
export async function authorize(
  authorization: string | undefined,
  parts: AuthorizeParts,
): Promise<ControlCaller | RefusedCaller> {
  const bearer = bearerToken(authorization === undefined ? [] : [['authorization', authorization]]);
  if (bearer.kind === 'refused') {
    const advice = 'send `Authorization: Bearer <token>` of an issuer that this gateway knows';
    return { problem: problems.unauthorized(advice), fault: 'ERR_TOKEN_MISSING' };
  }
  return authorizeToken(bearer.token, 'bearer', parts);
}

/** Whose token this is, now; everybody without a role is refused. */
export async function authorizeToken(
  token: string,
  via: ControlCaller['via'],
  parts: AuthorizeParts,
): Promise<ControlCaller | RefusedCaller> {
  const result = await parts.authenticator().authenticate(token);
  if (result.kind === 'unavailable') {
    const problem = problems.unavailable(`the keys of issuer ${result.issuer} can't be had; try again`);
    return { problem, fault: 'ERR_IDENTITY_UNAVAILABLE' };
  }
  if (result.kind === 'refused') {
    return { problem: problems.unauthorized(`the token was refused (${result.reason})`), fault: 'ERR_TOKEN_REFUSED' };
  }
  const config = parts.config();
  const owners = ownersIn(result.facts, config, parts.registry);
  const roles = [
    ...rolesOf(result.facts, config, parts.registry),
    ...(owners.length === 0 ? [] : (['owner'] as const)),
  ];
  const approverGroups = groupsWith('approver', result.facts, config, parts.registry);
  if (roles.length > 0)
    return { token: result.facts, roles, approverGroups, via, ...(owners.length === 0 ? {} : { owners }) };
  return roleOfAgent(result.facts, via, parts);
}
