// SPDX-License-Identifier: Apache-2.0
import { readGoldenCases } from '../../conformance/golden.ts';
import { type PlainRequest, readGoldenAttacks } from '../../conformance/golden-attacks.ts';

/** Longer ones are for golden cases: what is too long for a head may be closed before it is read to its end. */
const MAX_CHARACTERS = 4_096;
const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';

const get = (target: string): PlainRequest => ({ form: 'plain', method: 'GET', target, headers: [], body: undefined });

function write(method: string, target: string, type: string, body: object): PlainRequest {
  return {
    form: 'plain',
    method,
    target,
    headers: [['Content-Type', `application/${type}`]],
    body: JSON.stringify(body),
  };
}

/** Requests that pass as they are: a change of one of these is likelier to pass too. */
const good: readonly PlainRequest[] = [
  ...['/version', '/api', '/apis', '/api/v1', '/openapi/v3', '/healthz'].map(get),
  ...[CONFIG_MAPS, `${CONFIG_MAPS}/settings`, `${CONFIG_MAPS}?limit=1`, '/api/v1/configmaps'].map(get),
  ...['/api/v1/namespaces/demo/secrets', '/api/v1/namespaces/demo/secrets/database', '/api/v1/namespaces'].map(get),
  ...['/api/v1/namespaces/demo', '/api/v1/nodes', '/apis/apps/v1/namespaces/demo/deployments'].map(get),
  ...['/api/v1/namespaces/demo/pods/web/log', '/apis/attacks.example.com/v1/crowns'].map(get),
  get(`${CONFIG_MAPS}?watch=true&timeoutSeconds=1`),
  write('POST', CONFIG_MAPS, 'json', { metadata: { generateName: 'fuzzed-' }, data: { a: 'b' } }),
  write('POST', `${CONFIG_MAPS}?dryRun=All`, 'json', { metadata: { name: 'rehearsed' } }),
  write('PUT', `${CONFIG_MAPS}/fuzzed`, 'json', { metadata: { name: 'fuzzed' }, data: { a: 'b' } }),
  write('PATCH', `${CONFIG_MAPS}/settings`, 'merge-patch+json', { data: { fuzz: 'x' } }),
  write('PATCH', `${CONFIG_MAPS}/settings`, 'strategic-merge-patch+json', { data: { fuzz: 'y' } }),
  write('PATCH', `${CONFIG_MAPS}/settings`, 'json-patch+json', [{ op: 'add', path: '/data/fuzz', value: 'z' }]),
  write('PATCH', `${CONFIG_MAPS}/applied?fieldManager=fuzz&force=true`, 'apply-patch+yaml', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'applied' },
  }),
  write('DELETE', `${CONFIG_MAPS}/fuzzed`, 'json', { propagationPolicy: 'Background' }),
  write('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 'json', {
    spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
  }),
];

let all: readonly PlainRequest[] | undefined;

/** What is changed: good requests, and the golden cases of the parser and of attacks. */
export function seeds(): readonly PlainRequest[] {
  all ??= [
    // Thrice, so that half of the cases begin with what passes.
    ...[good, good, good].flat(),
    ...readGoldenCases()
      .filter(({ target }) => target.startsWith('/'))
      .map(({ method, target, headers, body }): PlainRequest => ({ form: 'plain', method, target, headers, body })),
    ...readGoldenAttacks().flatMap(({ request }) =>
      request.form === 'plain' && JSON.stringify(request).length < MAX_CHARACTERS ? [request] : [],
    ),
  ];
  return all;
}
