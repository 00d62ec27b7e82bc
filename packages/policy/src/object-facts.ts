// SPDX-License-Identifier: Apache-2.0

/** What the body of a write says, as `policySchema` describes its `Object`. */
export interface ObjectFacts {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly labels: readonly { readonly key: string; readonly value: string }[];
  readonly annotationKeys: readonly string[];
  readonly type: string;
  readonly images: readonly string[];
  readonly registries: readonly string[];
  readonly serviceAccounts: readonly string[];
  readonly hostAccess: readonly string[];
  readonly privileged: boolean;
  readonly capabilities: readonly string[];
  readonly secrets: readonly string[];
  readonly projectsToken: boolean;
  readonly externalIPs: boolean;
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
  type: '',
  images: [],
  registries: [],
  serviceAccounts: [],
  hostAccess: [],
  privileged: false,
  capabilities: [],
  secrets: [],
  projectsToken: false,
  externalIPs: false,
  replicas: undefined,
  opaque: false,
};

/** Facts of a body that changes what it doesn't show, such as a JSON patch. */
export const opaqueFacts: ObjectFacts = { ...noFacts, opaque: true };
