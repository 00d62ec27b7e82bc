// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import { agentFields, type Config } from '../config/schema.ts';
import type { WantedEntry } from '../identity/roster.ts';
import type { AgentDocument, Versioned } from '../store/store.ts';

const { id, owner, purpose, match, groups, clusters, expiresAt, limits, waits } = agentFields;

/** An agent as it is read and written: what `GET` gives can be sent back by `PUT`. */
const agentBody = z.strictObject({
  id: id.optional(),
  source: z.literal('api', 'this agent is in the configuration file: change it there').optional(),
  state: z.enum(['enabled', 'disabled']).optional(),
  owner,
  purpose,
  match: match.extend({ issuer: z.string().min(1).max(2_048) }),
  groups,
  clusters: z
    .record(clusters.unwrap().element.shape.name, clusters.unwrap().element.omit({ name: true }))
    .refine((entries) => Object.keys(entries).length <= 100, 'at most 100 clusters')
    .default({}),
  expiresAt,
  limits,
  waits,
});

export type AgentBody = z.infer<typeof agentBody>;
export const agentBodySchema: z.ZodType<AgentBody> = agentBody;

/** The entry that a body asks for, without a state where it says none, or what is wrong with it; `issuer` may be the name in the configuration, or the `iss`. */
export function entryOf(
  body: AgentBody,
  id: string,
  config: Config,
  registered: ReadonlySet<string>,
): WantedEntry<AgentDocument> | string {
  if (body.id !== undefined && body.id !== id) return `the body is of agent ${JSON.stringify(body.id)}`;
  const issuer = config.issuers.find(
    ({ name, issuer: iss }) => body.match.issuer === name || body.match.issuer === iss,
  );
  if (issuer === undefined) return `no issuer is named ${JSON.stringify(body.match.issuer)} in the configuration`;
  const unknown = Object.keys(body.clusters).find((name) => !registered.has(name));
  if (unknown !== undefined) return `no cluster is named ${JSON.stringify(unknown)}`;
  const { state, owner, purpose, match, groups, clusters, limits, waits, expiresAt } = body;
  return {
    ...{ owner, purpose, groups, clusters, limits },
    ...(state === undefined ? {} : { state }),
    match: { issuer: issuer.issuer, subject: match.subject },
    ...(waits ? {} : { waits: false }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** An agent as people are told of it. */
export function shownAgent({ id, value: { letInAt: _, ...agent } }: Versioned<AgentDocument>) {
  return { id, ...agent };
}
