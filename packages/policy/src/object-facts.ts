// SPDX-License-Identifier: Apache-2.0

/** A label, or one requirement of a selector. */
export interface LabelFact {
  readonly key: string;
  readonly value: string;
}

/** What the body of a write says, as `policySchema` describes its `Object`. */
export interface ObjectFacts {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly labels: readonly LabelFact[];
  readonly annotationKeys: readonly string[];
  readonly owned: boolean;
  readonly type: string;
  readonly selectors: readonly LabelFact[];
  readonly podLabels: readonly LabelFact[];
  readonly images: readonly string[];
  readonly registries: readonly string[];
  readonly serviceAccounts: readonly string[];
  readonly hostAccess: readonly string[];
  readonly containers: boolean;
  readonly privileged: boolean;
  readonly unconfined: boolean;
  readonly adminAccess: boolean;
  readonly capabilities: readonly string[];
  readonly volumes: readonly string[];
  readonly secrets: readonly string[];
  readonly projectsToken: boolean;
  readonly nodeNames: readonly string[];
  readonly tolerations: readonly string[];
  readonly priorityClasses: readonly string[];
  readonly runtimeClasses: readonly string[];
  readonly sourceNamespaces: readonly string[];
  readonly manifestGroups: readonly string[];
  readonly manifestKinds: readonly string[];
  readonly externalIPs: boolean;
  readonly volumeNamed: boolean;
  readonly oddPaths: boolean;
  readonly routes: boolean;
  readonly roleRefs: readonly string[];
  readonly subjects: readonly string[];
  readonly grantedVerbs: readonly string[];
  readonly grantedResources: readonly string[];
  readonly aggregates: boolean;
  readonly replicas: number | undefined;
  readonly opaque: boolean;
}

/** Facts of a body that says nothing: what a review of a write is judged with. */
export const noFacts: ObjectFacts = {
  apiVersion: '',
  kind: '',
  name: '',
  labels: [],
  annotationKeys: [],
  owned: false,
  type: '',
  selectors: [],
  podLabels: [],
  images: [],
  registries: [],
  serviceAccounts: [],
  hostAccess: [],
  containers: false,
  privileged: false,
  unconfined: false,
  adminAccess: false,
  capabilities: [],
  volumes: [],
  secrets: [],
  projectsToken: false,
  nodeNames: [],
  tolerations: [],
  priorityClasses: [],
  runtimeClasses: [],
  sourceNamespaces: [],
  manifestGroups: [],
  manifestKinds: [],
  externalIPs: false,
  volumeNamed: false,
  oddPaths: false,
  routes: false,
  roleRefs: [],
  subjects: [],
  grantedVerbs: [],
  grantedResources: [],
  aggregates: false,
  replicas: undefined,
  opaque: false,
};

/** Facts of a body that changes what it doesn't show. */
export const opaqueFacts: ObjectFacts = { ...noFacts, opaque: true };
