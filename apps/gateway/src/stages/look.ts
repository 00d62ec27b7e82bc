// SPDX-License-Identifier: Apache-2.0
import { type Lane, serializeTarget } from '@countersign/kube';
import {
  type Dependence,
  heldLabels,
  type LiveFacts,
  namesObject,
  noChange,
  type PolicyInput,
  withContainer,
} from '@countersign/policy';
import { askerOf } from '../apart/asker-of.ts';
import { bodyDigest } from '../bodies/body-digest.ts';
import type { BodyJudge } from '../bodies/body-judge.ts';
import type { Sighting } from '../bodies/see-object.ts';
import { shownWords } from '../effects/shown-text.ts';
import { type Binder, boundTo } from '../effects/with-preconditions.ts';
import type { Gathered, Looked } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { ActiveGrants } from '../grants/active-grants.ts';
import type { Stage } from '../lane-table.ts';
import { askAsAgent, type QuestionParts } from '../own-question.ts';
import { inputOf } from '../policies/input-of.ts';
import type { ClusterPolicies, PolicyStore } from '../policies/policy-store.ts';

/** Of most objects no more is needed than the metadata; an aggregated API may not offer that. */
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json';
const WHOLE = 'application/json';

interface LookParts extends QuestionParts {
  readonly policies: PolicyStore;
  readonly bodies: Binder & Pick<BodyJudge, 'see'>;
  readonly grants: Pick<ActiveGrants, 'looksAtLabels'>;
  readonly now: () => Date;
}

/** These reach into what is there: an object that came between the look and the request would be one that nobody judged. */
const INTO_OBJECTS: ReadonlySet<Lane> = new Set<Lane>(['exec', 'portforward', 'logs']);

/** The object itself, of whatever subresource the request is. */
function objectTarget({ request }: Gathered): string {
  const hasSubresource = request.kind === 'resource' && request.subresource !== '';
  return serializeTarget({ segments: hasSubresource ? request.segments.slice(0, -1) : request.segments, query: [] });
}

/** How much is wanted of an object: rules look at what a request does to manifests in it, too, and at containers. */
function formOf({ body, request }: Gathered, rules: ClusterPolicies, isForRules: boolean): string {
  const fillsManifests = isForRules && body !== undefined && body.change.manifests.kind !== 'none';
  return fillsManifests || rules.looksAtContainer(request) ? WHOLE : METADATA;
}

/** Of the containers of a pod as many are told, in a sentence. */
const MAX_TOLD = 16;

/** A session as one in the container that the API server takes; where it takes none, it is refused as it would be there. */
function inOnlyContainer(exchange: Begun, { containers }: Sight): Begun | Fault {
  const [only, ...others] = containers;
  if (only !== undefined && others.length === 0) {
    return { ...exchange, request: withContainer(exchange.request, only), asked: exchange.request };
  }
  const more = containers.length > MAX_TOLD ? ' …' : '';
  const known = shownWords(`${containers.slice(0, MAX_TOLD).join(', ')}${more}`);
  const which = only === undefined ? 'the object has no containers' : `the pod has several containers: ${known}`;
  return new Fault('ERR_TARGET_MALFORMED', `it names no container, which a rule looks at, and ${which}`);
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

type Sight = Extract<Sighting, { kind: 'seen' }>;

async function sightOf(bytes: Uint8Array, exchange: Gathered, { bodies }: LookParts): Promise<Sight | Fault> {
  const sighting = await bodies.see({ live: bytes, change: exchange.body?.change ?? noChange }, askerOf(exchange));
  if (sighting.kind === 'seen') return sighting;
  return new Fault('ERR_POLICY_UNAVAILABLE', 'the live object that its decision depends on could not be read', {
    cause: sighting.detail,
  });
}

/** An exchange that is being looked at. */
type Begun = Gathered & Pick<Looked, 'lookedUnder' | 'asked'>;

/** An exchange with what is known of its object. */
function lookedAt(exchange: Begun, live: Looked['live'], sight?: Sight): Looked {
  const labels = heldLabels(exchange.request, exchange.body?.labels ?? { kind: 'none' }, sight?.live);
  return { ...exchange, live, labels, ...(sight ? { seen: sight.seen } : {}) };
}

/** A write as one of the object that is there, which is known again as what it was: sent before, it may have made that object. */
async function boundToObject(exchange: Begun, { uid }: LiveFacts, bodies: Binder): Promise<Begun | Fault> {
  const bound = await boundTo(exchange, { uid }, bodies);
  if (bound instanceof Fault || !bound.body || !exchange.body) return bound;
  return { ...bound, body: { ...bound.body, judged: exchange.body.judged ?? bodyDigest(exchange.body) } };
}

/**
 * Looks at the object that a request names, where a rule in force does, or where it matters whether a write makes or
 * changes it: a request of the gateway's own, as the agent, on record. What can't be had ends the exchange. An object that
 * does not exist (yet) has no facts, and nothing reaches into it. What is denied whatever the object is needs no look: a
 * refusal must not tell what is there. Where only a grant looks at the object's labels, what can't be had is not given by it.
 */
export function look(parts: LookParts): Stage<Gathered, Looked> {
  const { policies, grants, now } = parts;
  const ask = (exchange: Gathered, accept: string) => {
    const question = { purpose: 'live-object', target: objectTarget(exchange), accept } as const;
    return askAsAgent(exchange, question, parts);
  };
  const inContainer = (exchange: Begun, sight: Sight): Begun | Fault =>
    policies.forCluster(exchange.cluster).looksAtContainer(exchange.request)
      ? inOnlyContainer(exchange, sight)
      : exchange;
  const lookNow = async (exchange: Begun, accept: string, isBound: boolean): Promise<Looked | Fault> => {
    const { status, bytes } = await ask(exchange, accept);
    if (status === 404)
      return INTO_OBJECTS.has(exchange.lane) ? new Fault('ERR_OBJECT_ABSENT') : lookedAt(exchange, null);
    const sight = status === 200 ? await sightOf(bytes, exchange, parts) : unavailable(status);
    if (sight instanceof Fault) return sight;
    // It was judged as a change of this object: where that goes meanwhile, it must not make another.
    const bound = isBound ? await boundToObject(exchange, sight.live, parts.bodies) : inContainer(exchange, sight);
    return bound instanceof Fault ? bound : lookedAt(bound, sight.live, sight);
  };
  /** For the sake of a grant alone: `live` is what rules see of the object, which is nothing. */
  const lookAtLabels = async (exchange: Begun, live: null | undefined): Promise<Looked> => {
    const { status, bytes } = await ask(exchange, METADATA);
    const sight = status === 200 ? await sightOf(bytes, exchange, parts) : undefined;
    return sight === undefined || sight instanceof Fault ? lookedAt(exchange, live) : lookedAt(exchange, live, sight);
  };
  const lookForGrant = async (exchange: Begun, input: PolicyInput, live: null | undefined): Promise<Looked> => {
    const { effect } = await policies.forCluster(exchange.cluster).decideFor(askerOf(exchange), input);
    return effect === 'ask' ? lookAtLabels(exchange, live) : lookedAt(exchange, live);
  };
  return (gathered) => {
    const exchange = { ...gathered, lookedUnder: policies.epoch };
    const rules = policies.forCluster(exchange.cluster);
    const input = inputOf(exchange, { live: null }, now());
    const mayLook = rules.looksAtLive(exchange.request);
    const goOn = ({ onExistence, onLive }: Dependence) => {
      if (onExistence || (mayLook && onLive)) return lookNow(exchange, formOf(exchange, rules, mayLook), onExistence);
      const live = mayLook ? null : undefined;
      const isGrantable = namesObject(exchange.request) && grants.looksAtLabels({ ...input, mayCreate: false });
      return isGrantable ? lookForGrant(exchange, input, live) : lookedAt(exchange, live);
    };
    if (!input.mayCreate && !mayLook) return goOn({ onExistence: false, onLive: false });
    const dependence = rules.dependenceFor(askerOf(exchange), input);
    return dependence instanceof Promise ? dependence.then(goOn) : goOn(dependence);
  };
}
