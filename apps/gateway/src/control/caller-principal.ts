// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { TokenFacts } from '../identity/authentication.ts';
import type { Registry } from '../identity/identify.ts';
import { agentOf } from './authorize.ts';

type RecordedPrincipal = NonNullable<Extract<LogRecord, { type: 'control' }>['principal']>;

/** Who calls the control API, as records have it. */
export function callerPrincipal(token: TokenFacts, registry: Registry): RecordedPrincipal {
  const { issuer, subject, credentialDigest } = token;
  const agent = agentOf(token, registry);
  const who = agent
    ? { kind: 'agent' as const, id: agent.id, owner: agent.owner }
    : { kind: 'human' as const, id: subject, owner: subject };
  const act = token.act.map((actor) => ({ ...actor }));
  return { ...who, issuer, act, credential: { kind: 'jwt', digest: credentialDigest } };
}
