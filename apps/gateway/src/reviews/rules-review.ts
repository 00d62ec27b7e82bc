// SPDX-License-Identifier: Apache-2.0
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  isJsonArray,
  type JsonObject,
  type JsonValue,
  jsonAt,
  KubeError,
  type KubeRequest,
  parseRequest,
} from '@countersign/kube';
import type { Decision } from '@countersign/policy';
import type { Committed } from '../exchange.ts';
import type { QuestionParts } from '../own-question.ts';
import { judgeReviewed, type ReviewJudges } from './judge-reviewed.ts';
import { reviewedRequest } from './reviewed-request.ts';
import { type ServedApis, type ServedResource, servedApis } from './served-resources.ts';

/** So long decisions are made before others get their turn: about what a request costs, and so it is counted. */
const TURN_MS = 2;
/** In all, for one review: some are there for each kind that the cluster serves. */
const MAX_DECISIONS = 5_000;
/** Paths that agents may be given, and families of paths whose members discovery names. */
const PLAIN_PATHS = ['/api', '/apis', '/version', '/livez', '/readyz', '/healthz', '/openapi/v2', '/openapi/v3'];

/** An RBAC rule that holds for the agent: for objects of these names, or for all where there are none. */
interface RbacRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly names: readonly string[];
  readonly paths: readonly string[];
}

function texts(value: JsonValue | undefined, name: string): string[] {
  const found = jsonAt(value, name);
  return isJsonArray(found) ? found.filter((item) => typeof item === 'string') : [];
}

function rulesOf(status: JsonObject, name: string): RbacRule[] {
  const rules = status.get(name);
  return (isJsonArray(rules) ? rules : []).map((rule) => ({
    verbs: texts(rule, 'verbs'),
    apiGroups: texts(rule, 'apiGroups'),
    resources: texts(rule, 'resources'),
    names: texts(rule, 'resourceNames'),
    paths: texts(rule, 'nonResourceURLs'),
  }));
}

/** @see k8s.io/kubernetes pkg/apis/rbac/v1/evaluation_helpers.go */
function concerns({ apiGroups, resources }: RbacRule, { group, resource, subresource }: ServedResource): boolean {
  const wanted = subresource === '' ? [resource, '*'] : [`${resource}/${subresource}`, `*/${subresource}`, '*'];
  const inGroup = apiGroups.includes('*') || apiGroups.includes(group);
  return inGroup && wanted.some((name) => resources.includes(name));
}

const hasVerb = ({ verbs }: RbacRule, verb: string) => verbs.includes('*') || verbs.includes(verb);

/** Judges one request after the other, and remembers what can't be said in rules. */
class Judge {
  readonly #exchange: Committed;
  readonly #judges: ReviewJudges;
  readonly unsaid = new Set<string>();
  #made = 0;
  #turnEndsAt = performance.now() + TURN_MS;

  constructor(exchange: Committed, judges: ReviewJudges) {
    this.#exchange = exchange;
    this.#judges = judges;
  }

  async allows(request: KubeRequest | undefined): Promise<boolean> {
    if (!request) return false;
    if (this.#made >= MAX_DECISIONS) {
      this.unsaid.add('the cluster serves more than is listed');
      return false;
    }
    this.#made += 1;
    if (performance.now() >= this.#turnEndsAt) {
      this.#exchange.allowance.spendRequests(1);
      await nextTurn();
      this.#exchange.abort.signal.throwIfAborted();
      this.#turnEndsAt = performance.now() + TURN_MS;
    }
    const decision = judgeReviewed(this.#exchange, this.#judges, request);
    if (decision) this.#note(decision, request);
    return decision?.effect === 'allow';
  }

  #note(decision: Decision, request: KubeRequest): void {
    const policies = this.#judges.policies.forCluster(this.#exchange.cluster);
    if (decision.effect === 'ask') this.unsaid.add('some requests need a countersignature');
    if (decision.effect === 'undecided') this.unsaid.add('policy could not be evaluated for some requests');
    if (decision.effect === 'deny' && policies.dependsOnDetails(request, 'permit'))
      this.unsaid.add('some objects are permitted by their name or content');
    if (decision.effect === 'allow' && policies.dependsOnDetails(request, 'forbid'))
      this.unsaid.add('some of what is listed is refused by its name or content');
  }
}

/** The names for which RBAC and policy both allow a verb: undefined for none, an empty list for all. */
async function allowedNames(
  judge: Judge,
  served: ServedResource,
  verb: string,
  scope: { readonly namespace: string; readonly rules: readonly RbacRule[] },
): Promise<readonly string[] | undefined> {
  const rules = scope.rules.filter((rule) => concerns(rule, served) && hasVerb(rule, verb));
  if (rules.length === 0) return undefined;
  const { group, version, resource, subresource, namespaced } = served;
  const about = (name: string) => {
    const attributes = { verb, group, version, resource, subresource, name };
    const namespace = namespaced || (group === '' && resource === 'namespaces') ? scope.namespace : '';
    return reviewedRequest(new Map([['resourceAttributes', new Map(Object.entries({ ...attributes, namespace }))]]));
  };
  if (rules.some(({ names }) => names.length === 0)) return (await judge.allows(about(''))) ? [] : undefined;
  const names: string[] = [];
  for (const name of new Set(rules.flatMap((rule) => rule.names)))
    if (await judge.allows(about(name))) names.push(name);
  return names.length === 0 ? undefined : names;
}

async function resourceRules(
  judge: Judge,
  { resources }: ServedApis,
  scope: { readonly namespace: string; readonly rules: readonly RbacRule[] },
): Promise<JsonValue[]> {
  const found = new Map<string, { verbs: string[]; group: string; resources: Set<string>; names: readonly string[] }>();
  for (const served of resources) {
    const byNames = new Map<string, { readonly verbs: string[]; readonly names: readonly string[] }>();
    for (const verb of served.verbs) {
      const names = await allowedNames(judge, served, verb, scope);
      if (!names) continue;
      const entry = byNames.get(names.join()) ?? { verbs: [], names };
      entry.verbs.push(verb);
      byNames.set(names.join(), entry);
    }
    const resource = served.subresource === '' ? served.resource : `${served.resource}/${served.subresource}`;
    for (const { verbs, names } of byNames.values()) {
      const key = JSON.stringify([served.group, verbs, names]);
      const rule = found.get(key) ?? { verbs, group: served.group, resources: new Set(), names };
      rule.resources.add(resource);
      found.set(key, rule);
    }
  }
  return [...found.values()].map(
    ({ verbs, group, resources: together, names }) =>
      new Map<string, JsonValue>([
        ['verbs', verbs],
        ['apiGroups', [group]],
        ['resources', [...together]],
        ...(names.length === 0 ? [] : [['resourceNames', names] as const]),
      ]),
  );
}

function pathRequest(path: string) {
  try {
    return parseRequest('GET', path);
  } catch (error) {
    if (error instanceof KubeError) return undefined;
    throw error;
  }
}

/** A family is written as one pattern where RBAC gives it whole and every member of it is allowed. */
async function nonResourceRules(judge: Judge, { paths }: ServedApis, rules: readonly RbacRule[]): Promise<JsonValue[]> {
  const urls = rules.filter((rule) => hasVerb(rule, 'get')).flatMap((rule) => rule.paths);
  const covers = (path: string) =>
    urls.some((url) => url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))));
  const isAllowed = async (path: string) => covers(path) && (await judge.allows(pathRequest(path)));
  const versions = paths.filter((path) => path.split('/').length !== 3 || path.startsWith('/api/'));
  const families: readonly (readonly [pattern: string, members: readonly string[]])[] = [
    ...PLAIN_PATHS.map((path) => [path, [path]] as const),
    ['/api/*', paths.filter((path) => path.startsWith('/api/'))],
    ['/apis/*', paths.filter((path) => path.startsWith('/apis/'))],
    ['/openapi/v3/*', versions.map((path) => `/openapi/v3${path}`)],
  ];
  const allowed: string[] = [];
  for (const [pattern, members] of families) {
    const some: string[] = [];
    for (const path of members) if (await isAllowed(path)) some.push(path);
    const isWhole = some.length === members.length && (!pattern.endsWith('*') || covers(pattern));
    allowed.push(...(isWhole && some.length > 0 ? [pattern] : some));
  }
  return allowed.length === 0
    ? []
    : [
        new Map<string, JsonValue>([
          ['verbs', ['get']],
          ['nonResourceURLs', allowed],
        ]),
      ];
}

/**
 * The status of a SelfSubjectRulesReview, with what policy says: of all that the cluster serves, what RBAC and policy both
 * allow. `incomplete`, with the reason, where that depends on what no rule of a review can say.
 */
export async function joinRulesReview(
  exchange: Committed,
  parts: QuestionParts & ReviewJudges,
  status: JsonObject,
): Promise<JsonObject> {
  const asked = jsonAt(exchange.body?.spec, 'namespace');
  const namespace = typeof asked === 'string' ? asked : '';
  const judge = new Judge(exchange, parts);
  const served = await servedApis(exchange, parts);
  const resources = await resourceRules(judge, served, { namespace, rules: rulesOf(status, 'resourceRules') });
  const paths = await nonResourceRules(judge, served, rulesOf(status, 'nonResourceRules'));
  const upstream = status.get('evaluationError');
  const ours = judge.unsaid.size === 0 ? [] : [`countersign: ${[...judge.unsaid].join('; ')}`];
  const errors = [...(typeof upstream === 'string' && upstream !== '' ? [upstream] : []), ...ours];
  return new Map<string, JsonValue>([
    ...status,
    ['resourceRules', resources],
    ['nonResourceRules', paths],
    ['incomplete', status.get('incomplete') === true || ours.length > 0],
    ...(errors.length === 0 ? [] : [['evaluationError', errors.join('; ')] as const]),
  ]);
}
