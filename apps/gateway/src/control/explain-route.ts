// SPDX-License-Identifier: Apache-2.0
import { KubeError, laneOf } from '@countersign/kube';
import { hypotheticalInput, PolicyError, type PolicyInput } from '@countersign/policy';
import type { Context } from 'hono';
import * as z from 'zod';
import type { Asker } from '../apart/fair-thread.ts';
import { mayWait } from '../approvals/may-wait.ts';
import { Fault } from '../faults.ts';
import { type ActiveGrants, letOn } from '../grants/active-grants.ts';
import type { AgentRegistry } from '../identity/agent-registry.ts';
import type { TokenFacts } from '../identity/authentication.ts';
import { callerOf } from '../identity/caller-of.ts';
import { isRevealed } from '../is-revealed.ts';
import type { ClusterPolicies, PolicyStore } from '../policies/policy-store.ts';
import { BY_GRANT } from '../policies/refusal-of.ts';
import type { Store } from '../store/store.ts';
import { type ControlCaller, seesAll } from './authorize.ts';
import { type Problem, problemResponse, problems } from './problem.ts';
import { readBody } from './read-body.ts';

export interface ExplainRouteParts {
  readonly activeGrants: ActiveGrants;
  readonly registry: AgentRegistry;
  readonly store: Pick<Store, 'agents'>;
  readonly policies: PolicyStore;
  readonly now: () => Date;
}

interface Asked {
  readonly caller: ControlCaller;
  readonly requestId: string;
  readonly sourceAddress: string;
  readonly spendMs: Asker['spendMs'];
}

export const explainBody = z.strictObject({
  cluster: z.string().min(1).max(63),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  target: z.string().min(1).max(8_192),
  body: z.string().optional(),
  contentType: z.string().max(256).optional(),
  /** Of people, who ask about an agent: which one, and in which groups its token has it. */
  agent: z.string().min(1).max(256).optional(),
  groups: z.array(z.string().min(1).max(256)).max(64).optional(),
});

/** Whoever asks about an agent asks as it would with a good token of so many groups. */
const ASSUMED_LIFE_MS = 15 * 60_000;

/** What an agent is told of a request before it sends it. `undecided` is told apart: to refuse and not to know are two. */
interface Explained {
  readonly effect: 'allow' | 'ask' | 'deny' | 'undecided';
  readonly rules: readonly string[];
  /** It is asked about and never held: without a grant it is refused. */
  readonly byGrantAlone?: true;
  /** Who would have to countersign it. */
  readonly approvers: readonly { readonly group: string; readonly quorum: number }[];
  readonly summary: string;
  readonly because: readonly string[];
  /** What would have to be different, and what it may do instead. */
  readonly change: readonly string[];
}

const nobody = { rules: [], approvers: [], because: [], change: [] } as const;

function inputOf(
  { cluster, method, target, body, contentType }: z.infer<typeof explainBody>,
  { principal, expiresAt }: { readonly principal: PolicyInput['principal']; readonly expiresAt: number },
  surroundings: { readonly sourceAddress: string; readonly time: string },
): PolicyInput {
  const asked = {
    method,
    target,
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
    ...(contentType === undefined ? {} : { contentType }),
  };
  const input = hypotheticalInput(principal, cluster, asked, surroundings);
  return { ...input, credential: { kind: 'token', expiresAt: new Date(expiresAt).toISOString() } };
}

/** What policy says. The cluster is asked nothing: of an object that a rule would look at, it is told that this is so. */
async function explained(
  policies: ClusterPolicies,
  grants: ActiveGrants,
  input: PolicyInput,
  asker: Asker,
): Promise<Explained> {
  const lane = laneOf(input.request);
  if (!lane) return { ...nobody, effect: 'deny', summary: 'the gateway does not pass this kind of request' };
  if (policies.looksAtLive(input.request) && (await policies.dependenceFor(asker, input)).onLive) {
    const summary =
      'a rule looks at the object as it is when the request comes: that is judged with the request itself';
    return { ...nobody, effect: 'undecided', summary };
  }
  const decision = letOn(grants.applyTo({ id: '', input, decision: await policies.decideFor(asker, input) }));
  // What nothing masks passes under a permit with @reveal alone.
  if (lane === 'portforward' && decision.effect === 'allow' && !isRevealed(decision)) {
    const summary = 'a port-forward is passed under a permit with @reveal alone, as what flows in it is not masked';
    return { ...nobody, effect: 'deny', summary };
  }
  const approvals = decision.effect === 'ask' ? decision.approvals : [];
  const byGrantAlone = decision.effect === 'ask' && !mayWait(lane, input.request);
  // Other verbs are not offered where a rule would look at the object.
  const told = await policies.explainFor(asker, { ...input, live: undefined }, decision);
  return {
    effect: decision.effect,
    rules: decision.rules.map(({ set, id }) => `${set}/${id}`),
    approvers: approvals.map(({ group, quorum }) => ({ group, quorum })),
    ...told,
    ...(byGrantAlone ? { byGrantAlone, summary: policies.describe(decision, BY_GRANT) } : {}),
  };
}

/** The token as which somebody asks: an agent's own, or for people one that the agent could have. */
async function askedAs(
  caller: ControlCaller,
  { agent, groups }: Pick<z.infer<typeof explainBody>, 'agent' | 'groups'>,
  { store, now }: ExplainRouteParts,
): Promise<TokenFacts | Problem> {
  if (!seesAll(caller)) {
    const { token, roles } = caller;
    if (!roles.includes('agent'))
      return problems.forbidden('operators and auditors ask about agents, and agents about themselves');
    return agent === undefined && groups === undefined ? token : problems.forbidden('agents ask about themselves');
  }
  const found = agent === undefined ? undefined : await store.agents.get(agent);
  if (!found) return problems.badRequest('say which registered agent it is about ("agent")');
  const expiresAt = now().getTime() + ASSUMED_LIFE_MS;
  const unknown = { tokenId: undefined, sid: undefined, workload: undefined, audience: '', credentialDigest: '' };
  return { ...unknown, ...found.value.match, names: [], addresses: [], act: [], groups: groups ?? [], expiresAt };
}

/** Tells what policy would say of an agent's request; nothing is sent, and nobody is asked. */
export async function explainOne(
  context: Context,
  parts: ExplainRouteParts,
  { caller: asking, requestId, sourceAddress, spendMs }: Asked,
): Promise<Response> {
  const { registry, policies, activeGrants, now } = parts;
  const body = await readBody(context, explainBody);
  if ('problem' in body) return problemResponse(body.problem, requestId);
  const token = await askedAs(asking, body.data, parts);
  if ('status' in token) return problemResponse(token, requestId);
  const time = now();
  const caller = callerOf(token, body.data.cluster, registry, time.getTime());
  if (caller instanceof Fault) {
    return problemResponse({ ...problems.forbidden(caller.message), code: caller.code }, requestId);
  }
  try {
    const who = { principal: caller.principal, expiresAt: token.expiresAt };
    const input = inputOf(body.data, who, { sourceAddress, time: time.toISOString() });
    const asker = { agent: asking.agent ?? '', signal: context.req.raw.signal, spendMs };
    return context.json(await explained(policies.forCluster(body.data.cluster), activeGrants, input, asker));
  } catch (error) {
    if (!(error instanceof KubeError || error instanceof PolicyError)) throw error;
    return problemResponse({ ...problems.badRequest(error.message), code: error.code }, requestId);
  }
}
