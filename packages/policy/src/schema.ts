// SPDX-License-Identifier: Apache-2.0

/**
 * The Cedar schema that every policy is checked against: what a rule can name. Published as
 * `schema/policy.cedarschema`.
 * @see https://docs.cedarpolicy.com/schema/human-readable-schema.html
 */
export const policySchema = `// What a Countersign policy can name.

// A group of the principal, from the token of this very request.
entity Group;

// One party of a token's act chain (RFC 8693, section 4.1).
type Actor = { issuer: String, subject: String };

entity Human in [Group] = {
  issuer: String,
  subject: String,
  actors: Set<Actor>,
};

// A registered AI agent. The owner answers for it.
entity Agent in [Group] = {
  owner: Human,
  purpose: String,
  issuer: String,
  subject: String,
  actors: Set<Actor>,
};

entity Cluster;

// By name alone: beside a Namespace a resource is in its Cluster. What spans all namespaces is in none.
entity Namespace;

// What a request for a Kubernetes resource names, in the words of the API server's RequestInfo. Absent parts are "".
// A create names no object: its name is context.object.name. A namespace is in the Namespace of its own name.
entity Resource in [Cluster, Namespace] = {
  group: String,
  version: String,
  namespace: String,
  resource: String,
  subresource: String,
  name: String,
};

// Everything else: discovery, OpenAPI, version, health. The id is the path.
entity Path in [Cluster] = {
  path: String,
  method: String,
};

type Credential = {
  // "token" or "certificate".
  kind: String,
  expiresAt: datetime,
};

type PathContext = {
  credential: Credential,
  source: ipaddr,
  time: datetime,
};

type ResourceContext = {
  credential: Credential,
  source: ipaddr,
  time: datetime,
  dryRun: Bool,
  labelSelector: String,
  fieldSelector: String,
};

type Label = { key: String, value: String };

// What the body of a write says. Fields of pods are found by name wherever they stand (but in labels, annotations and
// the object's own metadata), so that custom resources which run pods are seen too: more may be found than the API
// server will read, never less, except where opaque says so.
type Object = {
  apiVersion: String,
  kind: String,
  // "" where the body names none.
  name: String,
  labels: Set<Label>,
  labelKeys: Set<String>,
  annotationKeys: Set<String>,
  // A Secret's type, a Service's spec.type; else "".
  type: String,
  images: Set<String>,
  // The registry host of each image; "docker.io" where it names none.
  registries: Set<String>,
  serviceAccounts: Set<String>,
  // Of hostIPC, hostNetwork, hostPID, hostPath and hostPort.
  hostAccess: Set<String>,
  // A privileged container, or a Windows host process.
  privileged: Bool,
  // Capabilities that are added.
  capabilities: Set<String>,
  // Names of Secrets that are mounted, read into the environment or used to pull images.
  secrets: Set<String>,
  // A service account's token is projected into a volume.
  projectsToken: Bool,
  externalIPs: Bool,
  replicas?: Long,
  // The body changes what it doesn't show (a JSON patch): nothing above can be relied on.
  opaque: Bool,
};

type WriteContext = {
  credential: Credential,
  source: ipaddr,
  time: datetime,
  dryRun: Bool,
  labelSelector: String,
  fieldSelector: String,
  object: Object,
};

action read;
action write;
action connect;

action get, list, watch in [read]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: ResourceContext };
// The subresource log, whatever the verb.
action log in [read]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: ResourceContext };
action create, update, patch in [write]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: WriteContext };
action delete, deletecollection in [write]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: ResourceContext };
// The subresources of these names, whatever the verb: never opened by read or write.
action exec, attach, portforward, proxy in [connect]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: ResourceContext };
// Any request for a Path.
action "non-resource"
  appliesTo { principal: [Agent, Human], resource: [Path], context: PathContext };
`;
