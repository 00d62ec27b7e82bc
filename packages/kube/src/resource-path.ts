// SPDX-License-Identifier: Apache-2.0
import { KubeError } from './error.ts';

/** A resource path in RequestInfo's terms. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  /** From the resource on: `[resource, name, subresource, …]`. */
  readonly parts: readonly [resource: string, ...rest: string[]];
}

const specialVerbs = new Set(['proxy', 'watch']);
const namespaceSubresources = new Set(['status', 'finalize']);

/**
 * Reads decoded segments as the API server's RequestInfo does; undefined means a non-resource path, such as `/apis/apps/v1`.
 * `namespaces/x` alone is the object x, and lies in the namespace x.
 * @throws KubeError `ERR_KUBE_SPECIAL_VERB` for the `/watch/` and `/proxy/` prefixes, which no current client needs
 * @see k8s.io/apiserver pkg/endpoints/request/requestinfo.go
 */
export function readResourcePath(segments: readonly string[]): ResourcePath | undefined {
  const [prefix = '', ...rest] = segments;
  if (prefix !== 'api' && prefix !== 'apis') return undefined;
  const group = prefix === 'apis' ? (rest.shift() ?? '') : '';
  const version = rest.shift() ?? '';
  const [first, second, third] = rest;
  if (first === undefined) return undefined;
  if (specialVerbs.has(first)) {
    throw new KubeError(
      'ERR_KUBE_SPECIAL_VERB',
      'the path prefixes /watch/ and /proxy/ are not served; watch with ?watch=true',
    );
  }
  if (first !== 'namespaces' || second === undefined) {
    return { group, version, namespace: '', parts: [first, ...rest.slice(1)] };
  }
  if (third === undefined || namespaceSubresources.has(third)) {
    return { group, version, namespace: second, parts: [first, ...rest.slice(1)] };
  }
  return { group, version, namespace: second, parts: [third, ...rest.slice(3)] };
}
