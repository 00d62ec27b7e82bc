// SPDX-License-Identifier: Apache-2.0
import { isJsonArray, isJsonObject, JsonNumber, type JsonObject, type JsonValue, jsonAt } from '@countersign/kube';
import type { LabelFact } from './object-facts.ts';
import { PolicyError } from './policy-error.ts';

/** Distinct names that one body may bring under one heading. */
const maxNames = 500;

/** What is found in a body by the names of fields, wherever they stand. */
export class FoundFacts {
  readonly images = new Set<string>();
  readonly serviceAccounts = new Set<string>();
  readonly hostAccess = new Set<string>();
  readonly capabilities = new Set<string>();
  readonly volumes = new Set<string>();
  readonly secrets = new Set<string>();
  readonly nodeNames = new Set<string>();
  readonly tolerations = new Set<string>();
  readonly priorityClasses = new Set<string>();
  readonly runtimeClasses = new Set<string>();
  readonly sourceNamespaces = new Set<string>();
  readonly manifestGroups = new Set<string>();
  readonly manifestKinds = new Set<string>();
  readonly roleRefs = new Set<string>();
  readonly subjects = new Set<string>();
  readonly grantedVerbs = new Set<string>();
  readonly grantedResources = new Set<string>();
  readonly #selectors = new Map<string, LabelFact>();
  readonly #podLabels = new Map<string, LabelFact>();
  containers = false;
  privileged = false;
  unconfined = false;
  adminAccess = false;
  projectsToken = false;
  externalIPs = false;
  volumeNamed = false;
  oddPaths = false;
  routes = false;
  aggregates = false;

  get selectors(): LabelFact[] {
    return [...this.#selectors.values()];
  }

  get podLabels(): LabelFact[] {
    return [...this.#podLabels.values()];
  }

  /**
   * Takes in one field.
   * @throws PolicyError `ERR_POLICY_FACTS` over 500 distinct names under one heading
   */
  take(key: string, value: JsonValue): void {
    collectors.get(key)?.(this, value);
    for (const [pattern, collect] of patterns) if (pattern.test(key)) collect(this, value);
    if (isJsonObject(value)) collectNested(this, value);
    if (secretReference.test(key)) collectNames(this.secrets, value);
    else if (secretSelector.test(key)) collectNames(this.secrets, selectorsIn(value));
    if (ofContainers.test(key)) this.containers ||= isSet(value);
    if (volumeList.test(key)) collectVolumes(this, value);
  }

  addSelectors(labels: JsonValue): void {
    addLabels(this.#selectors, labels);
  }

  addPodLabels(labels: JsonValue | undefined): void {
    addLabels(this.#podLabels, labels);
  }
}

type Collect = (found: FoundFacts, value: JsonValue) => void;
type NameSet = {
  [Key in keyof FoundFacts]: FoundFacts[Key] extends Set<string> ? Key : never;
}[keyof FoundFacts];
type Flag = { [Key in keyof FoundFacts]: FoundFacts[Key] extends boolean ? Key : never }[keyof FoundFacts];

const text =
  (heading: NameSet): Collect =>
  (found, value) =>
    addText(found[heading], value);

const texts =
  (heading: NameSet): Collect =>
  (found, value) => {
    if (isJsonArray(value)) for (const item of value) addText(found[heading], item);
  };

const flag =
  (name: Flag): Collect =>
  (found, value) => {
    found[name] ||= isSet(value);
  };

const host =
  (name: string): Collect =>
  (found, value) => {
    if (isSet(value)) found.hostAccess.add(name);
  };

const profile: Collect = (found, value) => {
  found.unconfined ||= jsonAt(value, 'type') === 'Unconfined';
};

const source: Collect = (found, value) => addText(found.sourceNamespaces, jsonAt(value, 'namespace'));

const reference = (value: JsonValue | undefined) =>
  ['kind', 'namespace', 'name']
    .map((name) => jsonAt(value, name))
    .filter((part) => typeof part === 'string' && part !== '')
    .join('/');

/** Letters, digits and what else a path has as a rule: none of what a proxy's configuration, or a shell, would read in it. */
const plainPath = /^[\w/.~%-]*$/;

const oddPath: Collect = (found, value) => {
  found.oddPaths ||= value !== null && !(typeof value === 'string' && plainPath.test(value));
};

const labels: Collect = (found, value) => found.addSelectors(value);

const collectors: ReadonlyMap<string, Collect> = new Map<string, Collect>([
  ...['hostIPC', 'hostNetwork', 'hostPID', 'hostPath', 'hostPort'].map((name) => [name, host(name)] as const),
  ['privileged', flag('privileged')],
  ['hostProcess', flag('privileged')],
  ['seccompProfile', profile],
  ['appArmorProfile', profile],
  [
    'procMount',
    (found, value) => {
      found.unconfined ||= isSet(value) && value !== 'Default';
    },
  ],
  ['seLinuxOptions', flag('unconfined')],
  ['sysctls', flag('unconfined')],
  ['adminAccess', flag('adminAccess')],
  [
    'capabilities',
    (found, value) => {
      const added = jsonAt(value, 'add');
      if (isJsonArray(added)) for (const name of added) addText(found.capabilities, capabilityName(name));
    },
  ],
  ['serviceAccountToken', flag('projectsToken')],
  ['nodeName', text('nodeNames')],
  ['tolerations', collectTolerations],
  ['priorityClassName', text('priorityClasses')],
  ['runtimeClassName', text('runtimeClasses')],
  ['dataSource', source],
  ['dataSourceRef', source],
  ['pvc', source],
  ['snapshot', source],
  ['externalIPs', flag('externalIPs')],
  ['loadBalancerIP', flag('externalIPs')],
  ['volumeName', flag('volumeNamed')],
  ['ports', flag('routes')],
  ['externalName', flag('routes')],
  ['path', oddPath],
  ['selector', labels],
  ['matchLabels', labels],
  ['matchExpressions', collectExpressions],
  [
    'subjects',
    (found, value) => {
      if (isJsonArray(value)) for (const item of value) addText(found.subjects, reference(item));
    },
  ],
  ['verbs', texts('grantedVerbs')],
  ['resources', texts('grantedResources')],
  ['aggregationRule', flag('aggregates')],
]);

// Operators spell the fields of pods in their own ways: `extraContainers`, `sidecars`, `additionalVolumes`, `existingSecret`.
const patterns: readonly (readonly [RegExp, Collect])[] = [
  [/image(?:Name|Ref)?$/i, collectImage],
  [/serviceAccounts?(?:Names?|Refs?)?$/i, (found, value) => collectNames(found.serviceAccounts, value)],
  [/^(?:cluster)?roleRefs?$|^clusterRoles?(?:Names?)?$/i, collectRoles],
];
// Parameters of storage classes have a name with a slash: `csi.storage.k8s.io/node-stage-secret-name`.
const secretReference = /^(?:secrets?|imagePullSecrets|existingSecret)$|secret-?name$|secret(?:Key|To)?Ref$/i;
/** A string under such a name may be the secret itself, which is no fact: `clientSecret`. */
const secretSelector = /secrets?$|secretKeySelector$/i;
const ofContainers =
  /^(?:command|args|script|sidecars?|pod(?:Template|Spec|TemplateSpec))$|^(?:\w*E|e)nv(?:From|Vars?)?$|containers$/i;
const volumeList = /volumes$/i;

/** Container runtimes take a name in any case, with and without its prefix. */
function capabilityName(name: JsonValue): JsonValue {
  return typeof name === 'string' ? name.toUpperCase().replace(/^CAP_/, '') : name;
}

/** A name in one piece; the source of a volume; or, as charts and operators have it, parts, each of which changes what runs. */
function collectImage(found: FoundFacts, value: JsonValue): void {
  addText(found.images, isJsonObject(value) ? imageOf(value) : value);
  if (isJsonObject(value)) found.containers ||= value.size > 0;
}

function imageOf(parts: JsonObject): JsonValue | undefined {
  const [registry, repository] = [parts.get('registry'), parts.get('repository')];
  const isPrefixed = typeof registry === 'string' && registry !== '' && typeof repository === 'string';
  return parts.get('reference') ?? (isPrefixed ? `${registry}/${repository}` : repository);
}

/** A role by its name, or as a binding refers to it, one or several. */
function collectRoles(found: FoundFacts, value: JsonValue): void {
  for (const item of isJsonArray(value) ? value : [value]) {
    addText(found.roleRefs, isJsonObject(item) ? reference(item) : item);
  }
}

/** What says which object is meant, and nothing of what that is like. */
const ofReferences: ReadonlySet<string> = new Set([
  ...['apiVersion', 'kind', 'name', 'namespace', 'uid', 'resourceVersion', 'fieldPath', 'key', 'optional'],
]);

/** Whether a member says which object is meant, by its name. */
export function isOfReferences(name: string): boolean {
  return ofReferences.has(name);
}

/** An object within the body: a manifest that a controller is to write, or a reference to a Secret. */
function collectNested(found: FoundFacts, value: JsonObject): void {
  const [apiVersion, kind] = [textIn(value, 'apiVersion'), textIn(value, 'kind')];
  if (kind === 'Secret') addText(found.secrets, value.get('name') ?? jsonAt(value, 'metadata', 'name') ?? '*');
  if (!isManifest(value)) return;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  found.manifestGroups.add(apiVersion === '' ? '*' : group);
  if (found.manifestGroups.size > maxNames) throw tooManyNames();
  addText(found.manifestKinds, `${apiVersion === '' ? '*' : group}/${kind === '' ? '*' : kind}`);
}

/**
 * One that names its type and says more than which object it is. A patch may bring half of the type alone, and the rest may be
 * there already: of that the version counts with whatever else it stands beside, a kind only by itself, as groups of
 * references stand beside kinds.
 */
function isManifest(value: JsonObject): boolean {
  const typed = ['apiVersion', 'kind'].filter((key) => textIn(value, key) !== '').length;
  if (typed === value.size) return typed > 0;
  return textIn(value, 'apiVersion') !== '' && [...value.keys()].some((key) => !isOfReferences(key));
}

/** What a member says; "" where it is no text. */
export function textIn(value: JsonObject, key: string): string {
  const text = value.get(key);
  return typeof text === 'string' ? text : '';
}

function collectVolumes(found: FoundFacts, value: JsonValue): void {
  for (const volume of isJsonArray(value) ? value : []) {
    if (!isJsonObject(volume)) continue;
    for (const kind of volume.keys()) if (kind !== 'name') addText(found.volumes, kind);
  }
}

/** A toleration without a key is for every taint. */
function collectTolerations(found: FoundFacts, value: JsonValue): void {
  for (const toleration of isJsonArray(value) ? value : []) {
    const key = jsonAt(toleration, 'key');
    addText(found.tolerations, typeof key === 'string' && key !== '' ? key : '*');
  }
}

/** A requirement without a value of its own. */
function collectExpressions(found: FoundFacts, value: JsonValue): void {
  for (const expression of isJsonArray(value) ? value : []) {
    const key = jsonAt(expression, 'key');
    if (typeof key === 'string') found.addSelectors(new Map([[key, '']]));
  }
}

function addLabels(found: Map<string, LabelFact>, value: JsonValue | undefined): void {
  if (!isJsonObject(value)) return;
  for (const [key, member] of value) {
    if (member !== null && typeof member !== 'string') continue;
    const label = { key, value: member ?? '' };
    found.set(JSON.stringify(label), label);
    if (found.size > maxNames) throw tooManyNames();
  }
}

/** True for all but what switches a field off: a value of the wrong type is not taken for "off". */
export function isSet(value: JsonValue | undefined): boolean {
  if (value instanceof JsonNumber) return Number(value.text) !== 0;
  return value !== undefined && value !== null && value !== false && !(isJsonArray(value) && value.length === 0);
}

function selectorsIn(value: JsonValue): readonly JsonValue[] {
  return (isJsonArray(value) ? value : [value]).filter(isJsonObject);
}

function collectNames(names: Set<string>, value: JsonValue | readonly JsonValue[]): void {
  for (const item of isJsonArray(value) ? value : [value]) addText(names, isJsonObject(item) ? item.get('name') : item);
}

function addText(names: Set<string>, value: JsonValue | undefined): void {
  if (typeof value !== 'string' || value === '') return;
  names.add(value);
  if (names.size > maxNames) throw tooManyNames();
}

/** The labels of one mapping, as they stand. */
export function labelsAt(value: JsonValue | undefined): LabelFact[] {
  return keysOf(value).map((key) => {
    const label = isJsonObject(value) ? value.get(key) : undefined;
    return { key, value: typeof label === 'string' ? label : '' };
  });
}

/** @throws PolicyError `ERR_POLICY_FACTS` over 500 */
export function keysOf(value: JsonValue | undefined): string[] {
  if (!isJsonObject(value)) return [];
  if (value.size > maxNames) throw tooManyNames();
  return [...value.keys()];
}

/** What is searched below a body: all of it but what only looks like fields. */
export function searchedMembers(body: JsonObject, isData: boolean): [string, JsonValue][] {
  const skipped = new Set(['metadata', ...(isData ? ['data', 'stringData', 'binaryData'] : [])]);
  return [...body].filter(([key]) => !skipped.has(key));
}

function tooManyNames(): PolicyError {
  return new PolicyError('ERR_POLICY_FACTS', `the body names more than ${maxNames} things of one kind`);
}
