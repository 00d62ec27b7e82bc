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
// server will read, never less, except where opaque says so. Of a patch, whatever its type, it is what the patch sets, and
// as much of it as the patch names: what it takes away, and what is there already, doesn't show.
type Object = {
  apiVersion: String,
  kind: String,
  // "" where the body names none.
  name: String,
  labels: Set<Label>,
  labelKeys: Set<String>,
  annotationKeys: Set<String>,
  // It names an owner, with which it would be deleted.
  owned: Bool,
  // A Secret's type, a Service's spec.type; of all else "".
  type: String,
  // Of selector, matchLabels and matchExpressions, wherever they stand; a requirement without a value has "".
  selectors: Set<Label>,
  selectorKeys: Set<String>,
  // Labels of templates: of the pods that it makes.
  podLabels: Set<Label>,
  images: Set<String>,
  // The registry host of each image; "docker.io" where it names none.
  registries: Set<String>,
  serviceAccounts: Set<String>,
  // Of hostIPC, hostNetwork, hostPID, hostPath and hostPort.
  hostAccess: Set<String>,
  // It sets something of containers, of init or ephemeral ones and sidecars too: an image, a command, a variable …,
  // in a list of containers or, as operators have it, beside it: command, args, env, envFrom, the parts of an image.
  containers: Bool,
  // A privileged container, or a Windows host process.
  privileged: Bool,
  // Seccomp or AppArmor "Unconfined", an unmasked /proc, SELinux options or sysctls of its own.
  unconfined: Bool,
  // A device claimed with adminAccess, past whoever else has it.
  adminAccess: Bool,
  // Capabilities that are added, in upper case and without CAP_.
  capabilities: Set<String>,
  // Kinds of volumes: "configMap", "csi", "emptyDir", "secret" …
  volumes: Set<String>,
  // Names of Secrets that are mounted, read into the environment, used to pull images, or referred to as such; "*" for one
  // without a name.
  secrets: Set<String>,
  // A service account's token is projected into a volume.
  projectsToken: Bool,
  // Nodes that it is put on past the scheduler.
  nodeNames: Set<String>,
  // Keys of the taints that it tolerates; "*" for all.
  tolerations: Set<String>,
  priorityClasses: Set<String>,
  runtimeClasses: Set<String>,
  // Other namespaces whose data a volume claim takes (dataSourceRef.namespace, source.pvc.namespace).
  sourceNamespaces: Set<String>,
  // Objects within the body that say more than which one is meant, as what a controller is to write: their API groups, ""
  // for the core one, and "apps/Deployment", "/Pod".
  manifestGroups: Set<String>,
  manifestKinds: Set<String>,
  // Addresses that a Service asks for by itself: externalIPs, loadBalancerIP.
  externalIPs: Bool,
  // A claim of a volume says which one it wants (volumeName).
  volumeNamed: Bool,
  // A member named path, as of an ingress, has more than letters, digits and / . ~ % _ -.
  oddPaths: Bool,
  // Where it sends what it is sent, but for its selector: ports, of containers too, and a Service's externalName.
  routes: Bool,
  // Of a binding: "ClusterRole/admin"; "ServiceAccount/namespace/name", "Group/name", "User/name". A custom resource may
  // name a role without its kind (roleRef, clusterRole, clusterRoleNames …): "admin".
  roleRefs: Set<String>,
  subjects: Set<String>,
  // Of a role: what its rules name.
  grantedVerbs: Set<String>,
  grantedResources: Set<String>,
  // Other roles take in its rules by a label, or it takes in those of others.
  aggregates: Bool,
  // Pods at a time: spec.replicas, a Job's parallelism, the most that an autoscaler may make.
  replicas?: Long,
  // The body changes what it doesn't show (a JSON patch that copies or moves): nothing above can be relied on.
  opaque: Bool,
};

// The object that the request names, as it is now: gathered only where a rule that may concern the action names
// context.live, by a request of the gateway's own as the agent, on record. A request whose live object can't be had is
// refused. Absent where there is none yet (and of a create without a name, a list, a watch, a deletecollection); an exec,
// attach, port-forward or log of an object that is not there is refused.
type Live = {
  uid: String,
  labels: Set<Label>,
  labelKeys: Set<String>,
  annotationKeys: Set<String>,
  finalizers: Set<String>,
  // It has an owner, with which it is deleted.
  owned: Bool,
  // The write may take a finalizer away.
  losesFinalizers: Bool,
  // A patch of a resource whose group has a dot puts more into what says of which object it is (an apiVersion, within the
  // object), or says that of what is more: a manifest that no body shows whole.
  fillsManifest: Bool,
};

type WriteContext = {
  credential: Credential,
  source: ipaddr,
  time: datetime,
  dryRun: Bool,
  labelSelector: String,
  fieldSelector: String,
  object: Object,
  live?: Live,
};

// Of requests that may name one object.
type ObjectContext = {
  credential: Credential,
  source: ipaddr,
  time: datetime,
  dryRun: Bool,
  labelSelector: String,
  fieldSelector: String,
  live?: Live,
};

// What an attach is joined to. A request that names no container is judged, and sent, as one for the pod's only container,
// where a rule names container: the pod is looked at for it, as for Live. Of a pod with several it is refused, as it would be
// there. The annotation by which clients choose a default one means nothing to the API server.
type AttachContext = {
  credential: Credential,
  source: ipaddr,
  time: datetime,
  dryRun: Bool,
  labelSelector: String,
  fieldSelector: String,
  live?: Live,
  container: String,
  tty: Bool,
  stdin: Bool,
};

// What an exec runs. A shell reads its commands from stdin, too: then none of them stands here.
type ExecContext = {
  credential: Credential,
  source: ipaddr,
  time: datetime,
  dryRun: Bool,
  labelSelector: String,
  fieldSelector: String,
  live?: Live,
  container: String,
  tty: Bool,
  stdin: Bool,
  // All words, as a shell would be given them: ls -l 'a b'. Words of other characters than letters, digits and
  // _@%+=:,./- stand in single quotes.
  command: String,
  // The first word.
  program: String,
  argv: Set<String>,
};

// One connection to one port of a pod. Ports are named only once the caller's connection is switched: until then a
// port-forward is judged by the port that gets the best answer. Compare the port with numbers as they are, not with sums
// or products of it, which that can't foresee.
type PortForwardContext = {
  credential: Credential,
  source: ipaddr,
  time: datetime,
  dryRun: Bool,
  labelSelector: String,
  fieldSelector: String,
  live?: Live,
  port: Long,
};

action read;
action write;
// All by which code runs in a pod that is there, or its network is reached.
action connect;

action list, watch in [read]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: ResourceContext };
action get in [read]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: ObjectContext };
// The subresource log, whatever the verb.
action log in [read]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: ObjectContext };
action create, update, patch in [write]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: WriteContext };
action delete in [write]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: ObjectContext };
action deletecollection in [write]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: ResourceContext };
// The subresources of these names, whatever the verb: never opened by read or write.
action exec in [connect]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: ExecContext };
action attach in [connect]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: AttachContext };
action portforward in [connect]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: PortForwardContext };
action proxy in [connect]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: ResourceContext };
// A create, update or patch of the subresource of this name, which is judged as that write, too: both must be let.
action ephemeralcontainers in [connect]
  appliesTo { principal: [Agent, Human], resource: [Resource], context: WriteContext };
// Any request for a Path.
action "non-resource"
  appliesTo { principal: [Agent, Human], resource: [Path], context: PathContext };
`;
