// SPDX-License-Identifier: Apache-2.0
import type { Config } from '../config/schema.ts';
import type { TokenFacts } from '../identity/authentication.ts';
import type { Authenticator } from '../identity/authenticator.ts';
import { bearerToken } from '../identity/bearer-token.ts';
import { type Problem, problems } from './problem.ts';

export type Role = 'operator' | 'auditor';

/** A human who may use the control API. */
export interface ControlCaller {
  readonly token: TokenFacts;
  readonly roles: readonly Role[];
}

/**
 * The roles that the configuration gives to the groups of a token, by issuer. Agents have none: a token with an `act`
 * chain has the groups of the human whom an agent acts for, but it is the agent that holds it.
 */
export function rolesOf(token: TokenFacts, config: Config): readonly Role[] {
  const issuer = config.issuers.find((known) => known.issuer === token.issuer)?.name;
  const isAgent = config.agents.some(({ match }) => match.issuer === issuer && match.subject === token.subject);
  if (isAgent || token.act.length > 0) return [];
  return (['operator', 'auditor'] as const).filter((role) =>
    config.roles[role].some((binding) => binding.issuer === issuer && token.groups.includes(binding.group)),
  );
}

/** Who calls the control API, from its one Authorization line; everybody without a role is refused, agents always. */
export async function authorize(
  authorization: string | undefined,
  authenticator: Authenticator,
  config: Config,
): Promise<ControlCaller | Problem> {
  const bearer = bearerToken(authorization === undefined ? [] : [['authorization', authorization]]);
  if (bearer.kind === 'refused')
    return problems.unauthorized('send `Authorization: Bearer <token>` of an issuer that this gateway knows');
  const result = await authenticator.authenticate(bearer.token);
  if (result.kind === 'unavailable')
    return problems.unavailable(`the keys of issuer ${result.issuer} can't be had; try again`);
  if (result.kind === 'refused') return problems.unauthorized(`the token was refused (${result.reason})`);
  const roles = rolesOf(result.facts, config);
  if (roles.length === 0)
    return problems.forbidden(
      'this API is for people in the groups under `roles` in the configuration, never for agents',
    );
  return { token: result.facts, roles };
}
