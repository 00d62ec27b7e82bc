// SPDX-License-Identifier: Apache-2.0
import {
  isJsonArray,
  isJsonObject,
  type JsonBodyFormat,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  jsonAt,
} from '@countersign/kube';
import { FoundFacts, isSet, keysOf, labelsAt, searchedMembers } from './found-facts.ts';
import type { LabelFact, ObjectFacts } from './object-facts.ts';
import { patchDocuments } from './patch-documents.ts';
import { PolicyError } from './policy-error.ts';

/** The facts of one body as JSON: a rule may look at all of them, which takes time, and they are kept on record. */
const maxCharacters = 32_768;
const int32Max = 2 ** 31 - 1;
const aggregation = 'rbac.authorization.k8s.io/aggregate-to-';
/** The data of these have keys of any name, and mean nothing to the API server. */
const dataOnly: ReadonlySet<string> = new Set(['/configmaps', '/secrets']);
/** Where the type stands of what has one: elsewhere the API server reads over the word. */
const typePaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['/secrets', ['type']],
  ['/services', ['spec', 'type']],
]);
/** Where it stands how many pods there are at a time, where that is not `spec.replicas`. */
const replicaPaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['batch/jobs', ['spec', 'parallelism']],
  ['batch/cronjobs', ['spec', 'jobTemplate', 'spec', 'parallelism']],
  ['autoscaling/horizontalpodautoscalers', ['spec', 'maxReplicas']],
]);
const appArmor = 'container.apparmor.security.beta.kubernetes.io/';

/**
 * What the body of a create, an update or a patch of `target` says. Pod specs are not looked for by kind: their fields
 * are found by name wherever they stand, in custom resources and partial patches too, so more may be found than takes
 * effect.
 *
 * Patches of every type have the facts of what they set; what they take away doesn't show. A JSON patch that copies or
 * moves values, and whatever is no object, is opaque: what it sets depends on the live object.
 * @throws PolicyError `ERR_POLICY_FACTS` over 500 distinct names under one heading, or 32 Ki characters in all
 */
export function factsOf(
  format: JsonBodyFormat,
  body: JsonValue,
  target: { readonly group: string; readonly resource: string },
): ObjectFacts {
  const { documents, opaque } = documentsOf(format, body);
  const found = new FoundFacts();
  const resource = `${target.group}/${target.resource}`;
  for (const document of documents) search(found, document, dataOnly.has(resource));
  const facts = { ...factsOfDocuments(documents, resource), ...listsOf(found), opaque };
  const whole = {
    ...facts,
    aggregates: found.aggregates || facts.labels.some(({ key }) => key.startsWith(aggregation)),
  };
  if (JSON.stringify(whole).length > maxCharacters) throw tooLong();
  return whole;
}

function documentsOf(format: JsonBodyFormat, body: JsonValue): { documents: readonly JsonObject[]; opaque: boolean } {
  if (format === 'json-patch') return patchDocuments(body);
  return isJsonObject(body) ? { documents: [body], opaque: false } : { documents: [], opaque: true };
}

function search(found: FoundFacts, document: JsonObject, isData: boolean): void {
  const stack = searchedMembers(document, isData);
  for (let member = stack.pop(); member; member = stack.pop()) {
    const [key, value] = member;
    found.take(key, value);
    if (key === 'metadata') takePodMetadata(found, value);
    for (const inner of membersOf(key, value)) stack.push(inner);
  }
  takeAppArmor(found, jsonAt(document, 'metadata', 'annotations'));
}

function takePodMetadata(found: FoundFacts, metadata: JsonValue): void {
  found.addPodLabels(jsonAt(metadata, 'labels'));
  takeAppArmor(found, jsonAt(metadata, 'annotations'));
}

function takeAppArmor(found: FoundFacts, annotations: JsonValue | undefined): void {
  if (!isJsonObject(annotations)) return;
  for (const [key, value] of annotations) {
    if (key.startsWith(appArmor) && value === 'unconfined') found.unconfined = true;
  }
}

function membersOf(key: string, value: JsonValue): Iterable<[string, JsonValue]> {
  if (isJsonArray(value)) return value.map((item) => ['', item]);
  if (!isJsonObject(value)) return [];
  return key === 'metadata' ? [...value].filter(([name]) => name !== 'labels' && name !== 'annotations') : value;
}

function listsOf(found: FoundFacts) {
  return {
    selectors: found.selectors,
    podLabels: found.podLabels,
    images: [...found.images],
    registries: [...new Set([...found.images].map(registryOf))],
    serviceAccounts: [...found.serviceAccounts],
    hostAccess: [...found.hostAccess].sort(),
    containers: found.containers,
    privileged: found.privileged,
    unconfined: found.unconfined,
    adminAccess: found.adminAccess,
    capabilities: [...found.capabilities],
    volumes: [...found.volumes].sort(),
    secrets: [...found.secrets],
    projectsToken: found.projectsToken,
    nodeNames: [...found.nodeNames],
    tolerations: [...found.tolerations],
    priorityClasses: [...found.priorityClasses],
    runtimeClasses: [...found.runtimeClasses],
    sourceNamespaces: [...found.sourceNamespaces],
    manifestGroups: [...found.manifestGroups],
    manifestKinds: [...found.manifestKinds],
    externalIPs: found.externalIPs,
    volumeNamed: found.volumeNamed,
    oddPaths: found.oddPaths,
    routes: found.routes,
    roleRefs: [...found.roleRefs],
    subjects: [...found.subjects],
    grantedVerbs: [...found.grantedVerbs],
    grantedResources: [...found.grantedResources],
  };
}

/** What the object says of itself. An operation of a JSON patch adds to what the ones before it say, or says it anew. */
function factsOfDocuments(documents: readonly JsonObject[], resource: string) {
  const typePath = typePaths.get(resource);
  const replicaPath = replicaPaths.get(resource) ?? ['spec', 'replicas'];
  const labels = new Map<string, LabelFact>();
  const annotationKeys = new Set<string>();
  const said = {
    apiVersion: '',
    kind: '',
    name: '',
    type: '',
    owned: false,
    replicas: undefined as number | undefined,
  };
  for (const document of documents) {
    const metadata = document.get('metadata');
    for (const label of labelsAt(jsonAt(metadata, 'labels'))) labels.set(label.key, label);
    for (const key of keysOf(jsonAt(metadata, 'annotations'))) annotationKeys.add(key);
    said.apiVersion ||= textAt(document, 'apiVersion');
    said.kind ||= textAt(document, 'kind');
    said.name ||= textAt(metadata, 'name');
    said.type = (typePath && textAt(document, ...typePath)) || said.type;
    said.owned ||= isSet(jsonAt(metadata, 'ownerReferences'));
    said.replicas = replicasOf(jsonAt(document, ...replicaPath)) ?? said.replicas;
  }
  return { ...said, labels: [...labels.values()], annotationKeys: [...annotationKeys] };
}

function textAt(body: JsonValue | undefined, ...path: readonly string[]): string {
  const value = jsonAt(body, ...path);
  return typeof value === 'string' ? value : '';
}

/** What is no int32 the API server refuses; until then it counts as the most that there can be. */
function replicasOf(value: JsonValue | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  const count = value instanceof JsonNumber ? value.toSafeInteger() : undefined;
  return count === undefined || Math.abs(count) > int32Max ? int32Max : count;
}

/** @see https://github.com/distribution/reference: the first part is a host if it has a dot or a colon, or is localhost */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}

function tooLong(): PolicyError {
  return new PolicyError('ERR_POLICY_FACTS', `the names in the body have more than ${maxCharacters} characters`);
}
