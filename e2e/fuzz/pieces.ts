// SPDX-License-Identifier: Apache-2.0
// What requests are changed with: the words that parsers of targets, queries, headers and bodies trip over.

/** Between spaces, as they stand. */
function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

export const METHODS = words('GET POST PUT PATCH DELETE HEAD OPTIONS TRACE get PROPFIND');

export const TARGET_PIECES = words(String.raw`
  / // /. /.. /./ /../ \ ; ;x=y # ? & = % + : @ * ~ , %2f %2F %5c %2e %2e%2e %00 %25 %252f %3f %23 %26 %0d%0a %20
  %zz %C0%AF %E2%80%AE %C3%A9 /namespaces/ /kube-system/ /secrets /watch/ /proxy/ /status /exec /log /api/ /apis/
  /v1/ /pods /nodes /finalize /scale /token
`);

export const PARAMETERS = words(`
  watch=1 watch=0 watch=true watch= watch Watch=1 w%61tch=1 watch=true%3Bx watch=true;x limit=1 limit=0 limit=-1
  limit=x limit=1&limit=2 continue=x resourceVersion=0 resourceVersion=x resourceVersionMatch=Exact
  resourceVersionMatch=NotOlderThan sendInitialEvents=true allowWatchBookmarks=1
  fieldSelector=metadata.name%3Dsettings fieldSelector=metadata.name!=settings fieldSelector=metadata.name%3D..
  fieldSelector=metadata.namespace%3Ddemo fieldSelector=a fieldSelector=metadata.name%3Da%5C%2Cb fieldSelector=
  labelSelector=a%3Db labelSelector=a+in+(b,c) labelSelector=!a labelSelector=a, labelSelector=( labelSelector=
  dryRun=All dryRun=all dryRun= dryRun=All&dryRun=All fieldManager=x fieldManager=%0a force=true
  fieldValidation=Strict fieldValidation=strict propagationPolicy=Orphan gracePeriodSeconds=0 orphanDependents=1
  timeout=1s timeout=x timeoutSeconds=1 pretty=true pretty= includeObject=Object includeObject=x container=web
  follow=true tailLines=1 command=id access_token=x a=b = % && __proto__=x
`);

export const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['Accept', 'application/json'],
  ['Accept', 'application/json;as=Table;v=v1;g=meta.k8s.io'],
  ['Accept', 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io'],
  ['Accept', 'application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io'],
  ['Accept', 'application/vnd.kubernetes.protobuf'],
  ['Accept', 'application/vnd.kubernetes.protobuf;stream=watch, */*;q=0.1'],
  ['Accept', 'application/yaml'],
  ['Accept', 'application/cbor'],
  ['Accept', 'text/html'],
  ['Accept', ''],
  ['Accept', ',,;='],
  ['Accept-Encoding', 'gzip'],
  ['Content-Type', 'application/json'],
  ['Content-Type', 'application/merge-patch+json'],
  ['Content-Type', 'application/strategic-merge-patch+json'],
  ['Content-Type', 'application/json-patch+json'],
  ['Content-Type', 'application/apply-patch+yaml'],
  ['Content-Type', 'application/vnd.kubernetes.protobuf'],
  ['Content-Type', 'application/yaml'],
  ['Content-Type', 'application/json; charset=utf-16'],
  ['Content-Type', ''],
  ['Content-Encoding', 'gzip'],
  ['Content-Encoding', 'identity'],
  ['Content-Length', '0'],
  ['Content-Length', '1'],
  ['Content-Length', '99999999'],
  ['Transfer-Encoding', 'chunked'],
  ['Transfer-Encoding', 'identity'],
  ['Connection', 'Impersonate-User'],
  ['Connection', 'close'],
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Expect', '100-continue'],
  ['Expect', 'x'],
  ['Host', 'kubernetes'],
  ['Impersonate-User', 'root'],
  ['impersonate_group', 'system:masters'],
  ['Impersonate-Extra-a', 'b'],
  ['X-Remote-User', 'root'],
  ['Audit-ID', '00000000-0000-4000-8000-000000000000'],
  ['User-Agent', 'kubectl/v1.37.2 (linux/amd64)'],
  ['User-Agent', `x${'\xff'.repeat(600)}`],
  ['If-None-Match', '"x"'],
  ['Sec-WebSocket-Protocol', 'base64url.bearer.authorization.k8s.io.eA'],
  ['Trailer', 'Impersonate-User'],
  ['X-Forwarded-For', '203.0.113.9'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['', 'x'],
  ['a b', 'x'],
];

export const BODY_PIECES = [
  '{}',
  '[]',
  'null',
  '""',
  '0',
  '',
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\',
  '\0',
  '\xff',
  '\xef\xbb\xbf',
  '\n',
  ' ',

  '"a":1,',
  '"a":1,"a":2,',
  '"kind":"Secret",',
  '"apiVersion":"v2",',
  '"metadata":{"name":"other"},',
  '"\\ud800":1,',

  '"namespace":"kube-system",',
  '"dryRun":["All"],',
  '9007199254740993',
  '1e999',
  '-0',
  '0x1',
  '\\u0000',
  '[[[[[[[[',
  '{"op":"copy","from":"/data","path":"/metadata/annotations"}',
  '{"metadata":{"finalizers":null}}',
  '{"metadata":{"generateName":"fuzzed-"}}',
  '{"data":{"a":"b"}}',
  '{"dryRun":["All"]}',
  'k8s\0\n\x0f',
];
