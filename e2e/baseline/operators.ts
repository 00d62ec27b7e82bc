// SPDX-License-Identifier: Apache-2.0

/** A custom resource that is installed without its controller. */
export interface Installed {
  readonly apiVersion: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** By the rule that closes or holds them: `apiVersion plural Kind`, with `*` behind what lies in no namespace. */
const BY_RULE: Readonly<Record<string, string>> = {
  'no-policy-engine-writes': `
    kyverno.io/v1 clusterpolicies ClusterPolicy *
    kyverno.io/v2 policyexceptions PolicyException
    policies.kyverno.io/v1alpha1 mutatingpolicies MutatingPolicy *
    mutations.gatekeeper.sh/v1 assign Assign *
    constraints.gatekeeper.sh/v1beta1 k8srequiredlabels K8sRequiredLabels *`,
  'no-access-by-operators': `
    argoproj.io/v1alpha1 appprojects AppProject
    management.cattle.io/v3 globalrolebindings GlobalRoleBinding *
    spire.spiffe.io/v1alpha1 clusterspiffeids ClusterSPIFFEID *
    capsule.clastix.io/v1beta2 tenants Tenant *`,
  'no-gateway-routes': `
    networking.istio.io/v1alpha3 envoyfilters EnvoyFilter
    extensions.istio.io/v1alpha1 wasmplugins WasmPlugin
    gateway.networking.k8s.io/v1 httproutes HTTPRoute
    externaldns.k8s.io/v1alpha1 dnsendpoints DNSEndpoint`,
  'no-network-plugin-writes': `
    k8s.cni.cncf.io/v1 network-attachment-definitions NetworkAttachmentDefinition
    cilium.io/v2 ciliumlocalredirectpolicies CiliumLocalRedirectPolicy
    crd.projectcalico.org/v1 globalnetworkpolicies GlobalNetworkPolicy *`,
  'no-control-plane-writes': `
    snapshot.storage.k8s.io/v1 volumesnapshotclasses VolumeSnapshotClass *`,
  'ask-controllers': `
    work.open-cluster-management.io/v1 manifestworks ManifestWork
    addon.open-cluster-management.io/v1alpha1 managedclusteraddons ManagedClusterAddOn
    velero.io/v1 restores Restore
    velero.io/v1 backups Backup
    bootstrap.cluster.x-k8s.io/v1beta1 kubeadmconfigs KubeadmConfig
    bootstrap.cluster.x-k8s.io/v1beta1 kubeadmconfigtemplates KubeadmConfigTemplate
    addons.cluster.x-k8s.io/v1beta1 clusterresourcesets ClusterResourceSet
    argoproj.io/v1alpha1 applications Application
    argoproj.io/v1alpha1 applicationsets ApplicationSet
    argoproj.io/v1alpha1 workflows Workflow
    argoproj.io/v1alpha1 cronworkflows CronWorkflow
    argoproj.io/v1alpha1 workflowtemplates WorkflowTemplate
    argoproj.io/v1alpha1 rollouts Rollout
    kustomize.toolkit.fluxcd.io/v1 kustomizations Kustomization
    helm.toolkit.fluxcd.io/v2 helmreleases HelmRelease
    source.toolkit.fluxcd.io/v1 gitrepositories GitRepository
    helm.cattle.io/v1 helmcharts HelmChart
    helm.cattle.io/v1 helmchartconfigs HelmChartConfig
    tekton.dev/v1 taskruns TaskRun
    tekton.dev/v1 pipelineruns PipelineRun
    triggers.tekton.dev/v1beta1 eventlisteners EventListener
    serving.knative.dev/v1 services Service
    keda.sh/v1alpha1 scaledjobs ScaledJob
    kubeflow.org/v1 pytorchjobs PyTorchJob
    ray.io/v1 rayjobs RayJob
    sparkoperator.k8s.io/v1beta2 sparkapplications SparkApplication
    batch.volcano.sh/v1alpha1 jobs Job
    jobset.x-k8s.io/v1alpha2 jobsets JobSet
    leaderworkerset.x-k8s.io/v1 leaderworkersets LeaderWorkerSet
    operators.coreos.com/v1alpha1 subscriptions Subscription
    pkg.crossplane.io/v1 providers Provider *
    kubernetes.crossplane.io/v1alpha2 objects Object *
    apiextensions.crossplane.io/v1 compositions Composition *
    lambda.aws.upbound.io/v1beta1 functions Function *
    kafka.strimzi.io/v1beta2 kafkas Kafka
    acid.zalan.do/v1 postgresqls postgresql
    monitoring.coreos.com/v1 prometheuses Prometheus
    kubevirt.io/v1 virtualmachines VirtualMachine`,
  'ask-credentials': `
    external-secrets.io/v1 secretstores SecretStore
    external-secrets.io/v1 clustersecretstores ClusterSecretStore *
    external-secrets.io/v1 externalsecrets ExternalSecret
    external-secrets.io/v1 pushsecrets PushSecret
    generators.external-secrets.io/v1alpha1 passwords Password
    cert-manager.io/v1 certificates Certificate
    cert-manager.io/v1 issuers Issuer
    cert-manager.io/v1 certificaterequests CertificateRequest
    bitnami.com/v1alpha1 sealedsecrets SealedSecret
    secrets.hashicorp.com/v1beta1 vaultstaticsecrets VaultStaticSecret
    secrets-store.csi.x-k8s.io/v1 secretproviderclasses SecretProviderClass`,
  'ask-other-resources': `
    pulumi.com/v1 stacks Stack
    operator.victoriametrics.com/v1beta1 vmstaticscrapes VMStaticScrape
    logging.banzaicloud.io/v1beta1 clusteroutputs ClusterOutput
    chaos-mesh.org/v1alpha1 jvmchaos JVMChaos
    project.openshift.io/v1 projects Project *
    foo.sigs.k8s.io/v1 ws W`,
};

/** Kinds whose controllers have rights of their own, by the rule that closes or holds them. */
export const operatorKinds: readonly (readonly [rule: string, kinds: readonly Installed[]])[] = Object.entries(
  BY_RULE,
).map(([rule, text]) => [rule, text.trim().split('\n').map(installedOf)] as const);

function installedOf(line: string): Installed {
  const [apiVersion = '', plural = '', kind = '', wide] = line.trim().split(' ');
  return { apiVersion, plural, kind, namespaced: wide === undefined };
}

/** A kind in a group that is opened, as those of one's own are: what its bodies say is all that is judged then. */
export const UNKNOWN: Installed = {
  apiVersion: 'apply.example.com/v1',
  plural: 'appliers',
  kind: 'Applier',
  namespaced: true,
};

/** The definition of a kind whose objects may hold anything. */
export function definition({ apiVersion, plural, kind, namespaced }: Installed) {
  const [group = '', version = ''] = apiVersion.split('/');
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    // Groups of Kubernetes' own want to be told by whom their API was approved.
    metadata: { name: `${plural}.${group}`, annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' } },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

/** Where the objects of a kind stand. */
export function collectionOf({ apiVersion, plural, namespaced }: Installed): string {
  return `/apis/${apiVersion}${namespaced ? '/namespaces/demo' : ''}/${plural}`;
}

const manifest = (apiVersion: string, kind: string, members: object) => ({
  manifests: [{ apiVersion, kind, metadata: { name: 'x' }, ...members }],
});

/** What a body of any kind may say, and the rule that minds. */
export const footholds: readonly (readonly [what: string, rule: string, spec: object])[] = [
  [
    'a binding to write',
    'no-closed-manifests',
    manifest('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', { subjects: [] }),
  ],
  [
    'a webhook to write',
    'no-closed-manifests',
    manifest('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', { webhooks: [] }),
  ],
  ['a volume to write', 'no-closed-manifests', manifest('v1', 'PersistentVolume', { spec: {} })],
  ['a role to bind', 'no-roles-by-others', { roleRef: { kind: 'ClusterRole', name: 'admin' } }],
  ['a role by its name', 'no-roles-by-others', { clusterRoleName: 'admin' }],
  ['a ConfigMap to write', 'ask-manifests', manifest('v1', 'ConfigMap', { data: { a: 'b' } })],
  ['subjects', 'ask-manifests', { subjects: [{ kind: 'User', name: 'x' }] }],
  ['rules of a role', 'ask-manifests', { permissions: [{ verbs: ['*'], resources: ['*'] }] }],
  ['a pod to write', 'ask-workloads', manifest('v1', 'Pod', { spec: { containers: [{ name: 'c' }] } })],
  ['a service account', 'ask-workloads', { runner: { serviceAccountRef: { name: 'admin' } } }],
  ['a template of pods', 'ask-workloads', { podTemplate: { metadata: {} } }],
  ['a script', 'ask-workloads', { steps: [{ script: 'id' }] }],
  ['an image', 'ask-workloads', { dockerImage: 'example.invalid/x' }],
  ['a Secret by its kind', 'ask-secret-references', { valuesFrom: [{ kind: 'Secret', name: 'database' }] }],
  ['a Secret by its name', 'ask-secret-references', { tlsSecretName: 'database' }],
];
