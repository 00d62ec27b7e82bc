// SPDX-License-Identifier: Apache-2.0

const NAMESPACED = [
  '/api/v1/namespaces/demo/secrets',
  '/api/v1/namespaces/demo/configmaps',
  '/api/v1/namespaces/demo/pods',
  '/api/v1/namespaces/demo/events',
  '/api/v1/namespaces/demo/podtemplates',
  '/api/v1/namespaces/demo/replicationcontrollers',
  '/apis/events.k8s.io/v1/namespaces/demo/events',
  '/apis/apps/v1/namespaces/demo/deployments',
  '/apis/apps/v1/namespaces/demo/replicasets',
  '/apis/apps/v1/namespaces/demo/statefulsets',
  '/apis/apps/v1/namespaces/demo/daemonsets',
  '/apis/apps/v1/namespaces/demo/controllerrevisions',
  '/apis/batch/v1/namespaces/demo/jobs',
  '/apis/batch/v1/namespaces/demo/cronjobs',
  '/apis/shop.example.com/v1/namespaces/demo/widgets',
];

/** Collections, in the namespace and over all of them. */
export const COLLECTIONS: readonly string[] = NAMESPACED.flatMap((path) => [
  path,
  path.replace('/namespaces/demo', ''),
]);

const AS = (kind: string, type = 'json') => `application/${type};as=${kind};v=v1;g=meta.k8s.io`;
const PROTOBUF = 'vnd.kubernetes.protobuf';

/** What a client may write for Accept; the first that can be had counts. */
export const ACCEPTS: readonly string[] = [
  'application/json',
  `application/${PROTOBUF}`,
  `application/${PROTOBUF},application/json;q=0.5`,
  'application/cbor',
  'application/cbor,application/json;q=0.9',
  'application/yaml',
  'application/yaml,*/*',
  AS('Table'),
  AS('Table', PROTOBUF),
  AS('Table', 'cbor'),
  AS('PartialObjectMetadata'),
  AS('PartialObjectMetadataList'),
  AS('PartialObjectMetadataList', PROTOBUF),
  `${AS('Table')},application/json`,
  '*/*',
];

/** Of lists. */
export const QUERIES: readonly string[] = [
  '',
  '?includeObject=Object',
  '?includeObject=Metadata&limit=1',
  '?pretty=true',
];

/** Of watches, which end by themselves. */
export const WATCH_QUERIES: readonly string[] = [
  '?watch=true&timeoutSeconds=1',
  '?watch=true&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
];
