// SPDX-License-Identifier: Apache-2.0
import { KubeError, type Lane, parseJson, serializeTarget } from '@countersign/kube';
import { type Dependence, type LiveFacts, liveFactsOf, PolicyError } from '@countersign/policy';
import { askerOf } from '../apart/asker-of.ts';
import { bodyDigest } from '../bodies/body-digest.ts';
import { type Binder, boundTo } from '../effects/with-preconditions.ts';
import type { Gathered, Looked } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Stage } from '../lane-table.ts';
import { askAsAgent, type QuestionParts } from '../own-question.ts';
import { inputOf } from '../policies/input-of.ts';
import type { PolicyStore } from '../policies/policy-store.ts';

/** Of the object no more is needed than its metadata; an aggregated API may not offer that. */
const ACCEPT = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json';

interface LookParts extends QuestionParts {
  readonly policies: PolicyStore;
  readonly bodies: Binder;
  readonly now: () => Date;
}

/** These reach into what is there: an object that came between the look and the request would be one that nobody judged. */
const INTO_OBJECTS: ReadonlySet<Lane> = new Set<Lane>(['exec', 'portforward', 'logs']);

/** The object itself, of whatever subresource the request is. */
function objectTarget({ request }: Gathered): string {
  const hasSubresource = request.kind === 'resource' && request.subresource !== '';
  return serializeTarget({ segments: hasSubresource ? request.segments.slice(0, -1) : request.segments, query: [] });
}

function unavailable(status: number): Fault {
  if (status === 401 || status === 403) {
    const why =
      "its decision depends on the live object, which the cluster's own access rules (RBAC) don't let the agent read";
    return new Fault('ERR_POLICY_DENIED', why);
  }
  return new Fault(
    'ERR_POLICY_UNAVAILABLE',
    `the cluster answered ${status} for the live object that its decision depends on`,
  );
}

function factsOf(bytes: Uint8Array, { body }: Gathered): LiveFacts | Fault {
  try {
    return liveFactsOf(parseJson(bytes), body?.finalizers ?? { kind: 'none' });
  } catch (cause) {
    if (!(cause instanceof KubeError || cause instanceof PolicyError)) throw cause;
    return new Fault('ERR_POLICY_UNAVAILABLE', 'the live object that its decision depends on could not be read', {
      cause,
    });
  }
}

/** A write as one of the object that is there, which is known again as what it was: sent before, it may have made that object. */
async function boundToObject(exchange: Gathered, { uid }: LiveFacts, bodies: Binder): Promise<Gathered | Fault> {
  const bound = await boundTo(exchange, { uid }, bodies);
  if (bound instanceof Fault || !bound.body || !exchange.body) return bound;
  return { ...bound, body: { ...bound.body, judged: bodyDigest(exchange.body) } };
}

/**
 * Looks at the object that a request names, where a rule in force does, or where it matters whether a write makes or
 * changes it: a request of the gateway's own, as the agent, on record. What can't be had ends the exchange. An object that
 * does not exist (yet) has no facts, and nothing reaches into it. What is denied whatever the object is needs no look: a
 * refusal must not tell what is there.
 */
export function look(parts: LookParts): Stage<Gathered, Looked> {
  const lookNow = async (exchange: Gathered, isBound: boolean): Promise<Looked | Fault> => {
    const question = { purpose: 'live-object', target: objectTarget(exchange), accept: ACCEPT } as const;
    const { status, bytes } = await askAsAgent(exchange, question, parts);
    if (status === 404)
      return INTO_OBJECTS.has(exchange.lane) ? new Fault('ERR_OBJECT_ABSENT') : { ...exchange, live: null };
    const live = status === 200 ? factsOf(bytes, exchange) : unavailable(status);
    if (live instanceof Fault) return live;
    // It was judged as a change of this object: where that goes meanwhile, it must not make another.
    const bound = isBound ? await boundToObject(exchange, live, parts.bodies) : exchange;
    return bound instanceof Fault ? bound : { ...bound, live };
  };
  return (exchange) => {
    const policies = parts.policies.forCluster(exchange.cluster);
    const input = inputOf(exchange, null, parts.now());
    const looksAtLive = policies.looksAtLive(exchange.request);
    if (!input.mayCreate && !looksAtLive) return { ...exchange, live: undefined };
    const goOn = ({ onExistence, onLive }: Dependence) => {
      if (!onExistence && !looksAtLive) return { ...exchange, live: undefined };
      return onExistence || onLive ? lookNow(exchange, onExistence) : { ...exchange, live: null };
    };
    const dependence = policies.dependenceFor(askerOf(exchange), input);
    return dependence instanceof Promise ? dependence.then(goOn) : goOn(dependence);
  };
}
