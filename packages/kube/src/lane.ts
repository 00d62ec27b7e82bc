// SPDX-License-Identifier: Apache-2.0
import { nonResourceEndpoint, resourceEndpoint } from './endpoint.ts';
import type { KubeRequest, Lane } from './request.ts';
import { readResourcePath } from './resource-path.ts';

/**
 * The lane of a request. Undefined means that there is none and that the request MUST be refused: proxies, subresources
 * and non-resource paths that are not on the list, paths with parts behind the subresource.
 */
export function laneOf(request: KubeRequest): Lane | undefined {
  if (request.kind === 'non-resource') return nonResourceEndpoint(request)?.lane;
  const depth = readResourcePath(request.segments)?.parts.length ?? 0;
  return resourceEndpoint(request, depth)?.lane;
}

/**
 * Whether the intent must be on record before a byte goes upstream: writes (dry runs too: admission webhooks run),
 * exec, attach, port-forward, and whatever has no lane, whatever the HTTP method.
 */
export function hasSideEffects(request: KubeRequest): boolean {
  const lane = laneOf(request);
  return lane === undefined || lane === 'write' || lane === 'exec' || lane === 'portforward';
}
