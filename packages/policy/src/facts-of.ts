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
import { type ObjectFacts, opaqueFacts } from './object-facts.ts';
import { PolicyError } from './policy-error.ts';

/** Distinct names that one body may bring under one heading. */
const maxNames = 2000;
/** The facts of one body as JSON: a rule may look at all of them, which takes time, and they are kept on record. */
const maxCharacters = 262_144;
const int32Max = 2 ** 31 - 1;

/**
 * What the body of a create, an update or a patch says. Pod specs are not looked for by kind: their fields are found by
 * name wherever they stand, in custom resources and partial patches too, so more may be found than takes effect.
 *
 * A JSON patch, and whatever is no object, is opaque: what it does depends on the live object. Merge, strategic merge
 * and apply patches have the facts of what they set; what they take away doesn't show.
 * @throws PolicyError `ERR_POLICY_FACTS` over 2,000 distinct names under one heading, or 256 Ki characters in all
 */
export function factsOf(format: JsonBodyFormat, body: JsonValue): ObjectFacts {
  if (!isJsonObject(body) || format === 'json-patch') return opaqueFacts;
  const found = new Found();
  const stack = rootMembers(body);
  for (let member = stack.pop(); member; member = stack.pop()) {
    const [key, value] = member;
    collectors.get(key)?.(found, value);
    if (secretReference.test(key)) collectNames(found.secrets, value);
    for (const inner of membersOf(key, value)) stack.push(inner);
  }
  const facts: ObjectFacts = {
    apiVersion: textAt(body, 'apiVersion'),
    kind: textAt(body, 'kind'),
    name: textAt(body, 'metadata', 'name'),
    labels: labelsOf(body),
    annotationKeys: keysAt(body, 'metadata', 'annotations'),
    type: textAt(body, 'type') || textAt(body, 'spec', 'type'),
    images: [...found.images],
    registries: [...new Set([...found.images].map(registryOf))],
    serviceAccounts: [...found.serviceAccounts],
    hostAccess: [...found.hostAccess].sort(),
    privileged: found.privileged,
    capabilities: [...found.capabilities],
    secrets: [...found.secrets],
    projectsToken: found.projectsToken,
    externalIPs: found.externalIPs,
    replicas: replicasOf(jsonAt(body, 'spec', 'replicas')),
    opaque: false,
  };
  if (JSON.stringify(facts).length > maxCharacters) throw tooLong();
  return facts;
}

class Found {
  readonly images = new Set<string>();
  readonly serviceAccounts = new Set<string>();
  readonly hostAccess = new Set<string>();
  readonly capabilities = new Set<string>();
  readonly secrets = new Set<string>();
  privileged = false;
  projectsToken = false;
  externalIPs = false;
}

type Collect = (found: Found, value: JsonValue) => void;

const host =
  (name: string): Collect =>
  (found, value) => {
    if (isSet(value)) found.hostAccess.add(name);
  };

const privileged: Collect = (found, value) => {
  found.privileged ||= isSet(value);
};

const serviceAccount: Collect = (found, value) => addText(found.serviceAccounts, value);

const collectors: ReadonlyMap<string, Collect> = new Map<string, Collect>([
  ['image', (found, value) => addText(found.images, isJsonObject(value) ? value.get('reference') : value)],
  ['serviceAccountName', serviceAccount],
  ['serviceAccount', serviceAccount],
  ...['hostIPC', 'hostNetwork', 'hostPID', 'hostPath', 'hostPort'].map((name) => [name, host(name)] as const),
  ['privileged', privileged],
  ['hostProcess', privileged],
  ['capabilities', (found, value) => addTexts(found.capabilities, jsonAt(value, 'add'))],
  ['secretName', (found, value) => addText(found.secrets, value)],
  [
    'serviceAccountToken',
    (found, value) => {
      found.projectsToken ||= isSet(value);
    },
  ],
  [
    'externalIPs',
    (found, value) => {
      found.externalIPs ||= isSet(value);
    },
  ],
]);

const secretReference = /^(?:secrets?|imagePullSecrets)$|secret(?:Key)?Ref$/i;

/** Data of a ConfigMap or a Secret has keys of any name: only these kinds have it, and it means nothing to the API server. */
function rootMembers(body: JsonObject): [string, JsonValue][] {
  const isData = ['ConfigMap', 'Secret'].includes(textAt(body, 'kind')) && textAt(body, 'apiVersion') === 'v1';
  const skipped = new Set(['metadata', ...(isData ? ['data', 'stringData', 'binaryData'] : [])]);
  return [...body].filter(([key]) => !skipped.has(key));
}

function membersOf(key: string, value: JsonValue): Iterable<[string, JsonValue]> {
  if (isJsonArray(value)) return value.map((item) => ['', item]);
  if (!isJsonObject(value)) return [];
  return key === 'metadata' ? [...value].filter(([name]) => name !== 'labels' && name !== 'annotations') : value;
}

/** True for all but what switches a field off: a value of the wrong type is not taken for "off". */
function isSet(value: JsonValue): boolean {
  if (value instanceof JsonNumber) return Number(value.text) !== 0;
  return value !== null && value !== false && !(isJsonArray(value) && value.length === 0);
}

function collectNames(names: Set<string>, value: JsonValue): void {
  for (const item of isJsonArray(value) ? value : [value]) addText(names, isJsonObject(item) ? item.get('name') : item);
}

function addTexts(names: Set<string>, value: JsonValue | undefined): void {
  if (isJsonArray(value)) for (const item of value) addText(names, item);
}

function addText(names: Set<string>, value: JsonValue | undefined): void {
  if (typeof value !== 'string' || value === '') return;
  names.add(value);
  if (names.size > maxNames) throw tooMany();
}

function labelsOf(body: JsonObject): { key: string; value: string }[] {
  const labels = jsonAt(body, 'metadata', 'labels');
  return keysAt(body, 'metadata', 'labels').map((key) => ({ key, value: textAt(labels, key) }));
}

function keysAt(body: JsonObject, ...path: readonly string[]): string[] {
  const value = jsonAt(body, ...path);
  if (!isJsonObject(value)) return [];
  if (value.size > maxNames) throw tooMany();
  return [...value.keys()];
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

function tooMany(): PolicyError {
  return new PolicyError('ERR_POLICY_FACTS', `the body names more than ${maxNames} things of one kind`);
}
