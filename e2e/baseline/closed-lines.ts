// SPDX-License-Identifier: Apache-2.0
import type { Served } from './spellings.ts';

const CHANGES = ['create', 'update', 'patch'];

/** A line of the baseline that closes resources whole. */
export interface ClosedLine {
  readonly line: string;
  readonly rules: readonly string[];
  readonly of: (one: Served) => boolean;
  /** Default: all that write. */
  readonly verbs?: readonly string[];
}

type Row = readonly [line: string, rules: readonly string[], of: (one: Served) => boolean, verbs?: readonly string[]];

const rows: readonly Row[] = [
  ['RBAC', ['no-rbac-writes'], ({ group }) => group === 'rbac.authorization.k8s.io'],
  ['tokens of service accounts', ['no-tokens'], ({ subresource }) => subresource === 'token'],
  [
    'reviews of others',
    ['no-reviews-of-others'],
    ({ resource }) => ['tokenreviews', 'subjectaccessreviews', 'localsubjectaccessreviews'].includes(resource),
  ],
  ['certificates', ['no-certificates'], ({ group }) => group === 'certificates.k8s.io'],
  ['admission', ['no-admission-writes'], ({ group }) => group === 'admissionregistration.k8s.io'],
  ['APIs', ['no-api-writes'], ({ group }) => ['apiregistration.k8s.io', 'apiextensions.k8s.io'].includes(group)],
  [
    'control plane',
    ['no-control-plane-writes'],
    ({ group, resource }) =>
      ['flowcontrol.apiserver.k8s.io', 'storagemigration.k8s.io', 'node.k8s.io', 'scheduling.k8s.io'].includes(group) ||
      ['csidrivers', 'volumeattachments', 'devicetaintrules', 'csinodes', 'storageclasses'].includes(resource),
  ],
  [
    'networks',
    ['no-network-plugin-writes'],
    ({ resource }) => ['ingressclasses', 'ipaddresses', 'servicecidrs'].includes(resource),
  ],
  [
    'where ingresses are',
    ['no-external-ips'],
    ({ resource, subresource }) => resource === 'ingresses' && subresource === 'status',
    CHANGES,
  ],
  [
    'devices of claims',
    ['no-control-plane-writes'],
    ({ resource, subresource }) => resource === 'resourceclaims' && subresource !== '',
    CHANGES,
  ],
  [
    'nodes',
    ['no-node-writes'],
    ({ group, resource, subresource }) => group === '' && resource === 'nodes' && subresource !== 'proxy',
  ],
  ['volumes', ['no-volume-writes'], ({ resource }) => resource === 'persistentvolumes'],
  [
    'namespaces',
    ['no-namespace-changes'],
    ({ group, resource }) => group === '' && resource === 'namespaces',
    ['update', 'patch'],
  ],
  [
    'namespaces made and deleted',
    ['ask-namespaces'],
    ({ group, resource, subresource }) => group === '' && resource === 'namespaces' && subresource === '',
    ['create', 'delete'],
  ],
  [
    'endpoints',
    ['no-endpoint-writes'],
    ({ resource, subresource }) => ['endpoints', 'endpointslices'].includes(resource) && subresource === '',
  ],
  ['network policies', ['no-network-policy-writes'], ({ resource }) => resource === 'networkpolicies'],
  [
    'side doors of pods',
    ['no-pod-side-doors'],
    ({ group, resource, subresource }) =>
      group === '' &&
      (resource === 'bindings' || (resource === 'pods' && ['binding', 'status', 'resize'].includes(subresource))),
  ],
  ['ephemeral containers', ['ask-sessions'], ({ subresource }) => subresource === 'ephemeralcontainers'],
  [
    'workloads',
    ['ask-workloads'],
    ({ group, resource, subresource }) =>
      (['apps', 'batch'].includes(group) ||
        (group === '' && ['pods', 'podtemplates', 'replicationcontrollers'].includes(resource))) &&
      (subresource === '' || subresource === 'scale' || subresource === 'status') &&
      !(resource === 'pods' && subresource === 'status'),
    CHANGES,
  ],
  ['many at once', ['ask-deletecollection'], ({ verbs }) => verbs.includes('deletecollection'), ['deletecollection']],
];

/** The lines, whose resources are what discovery says is served. */
export const closedLines: readonly ClosedLine[] = rows.map(([line, rules, of, verbs]) => ({
  line,
  rules,
  of,
  ...(verbs ? { verbs } : {}),
}));
