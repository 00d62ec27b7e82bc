// SPDX-License-Identifier: Apache-2.0

const RESOURCES: Readonly<Record<string, string>> = {
  '': `bindings componentstatuses endpoints events limitranges namespaces nodes persistentvolumeclaims persistentvolumes
    pods podtemplates replicationcontrollers resourcequotas serviceaccounts services`,
  'admissionregistration.k8s.io': `mutatingadmissionpolicies mutatingadmissionpolicybindings
    mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings
    validatingwebhookconfigurations`,
  'apiregistration.k8s.io': 'apiservices',
  apps: 'controllerrevisions daemonsets deployments replicasets statefulsets',
  'authentication.k8s.io': 'selfsubjectreviews tokenreviews',
  'authorization.k8s.io': `localsubjectaccessreviews selfsubjectaccessreviews selfsubjectrulesreviews
    subjectaccessreviews`,
  autoscaling: 'horizontalpodautoscalers',
  batch: 'cronjobs jobs',
  'certificates.k8s.io': 'certificatesigningrequests clustertrustbundles podcertificaterequests',
  'coordination.k8s.io': 'leasecandidates leases',
  'discovery.k8s.io': 'endpointslices',
  'events.k8s.io': 'events',
  'flowcontrol.apiserver.k8s.io': 'flowschemas prioritylevelconfigurations',
  'networking.k8s.io': 'ingressclasses ingresses ipaddresses networkpolicies servicecidrs',
  'node.k8s.io': 'runtimeclasses',
  policy: 'poddisruptionbudgets',
  'rbac.authorization.k8s.io': 'clusterrolebindings clusterroles rolebindings roles',
  'resource.k8s.io': 'deviceclasses resourceclaims resourceclaimtemplates resourceslices',
  'scheduling.k8s.io': 'priorityclasses',
  'storage.k8s.io': `csidrivers csinodes csistoragecapacities storageclasses volumeattachments
    volumeattributesclasses`,
};

const PAIRS: ReadonlySet<string> = new Set(
  Object.entries(RESOURCES).flatMap(([group, names]) => names.split(/\s+/).map((name) => `${group}/${name}`)),
);

/**
 * Whether a resource is one of Kubernetes' own whose members are known. Whatever is not listed counts as a custom
 * resource, of which more is masked.
 */
export function isBuiltIn(group: string, resource: string): boolean {
  return PAIRS.has(`${group}/${resource}`);
}
