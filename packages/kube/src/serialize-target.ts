// SPDX-License-Identifier: Apache-2.0
import type { KubeRequest } from './request.ts';

/**
 * Writes the target that goes upstream, from the parsed parts alone: `/api/v1/pods?limit=5`, every part escaped,
 * parameters in their order. Parsing it again gives an equal request.
 */
export function serializeTarget(request: Pick<KubeRequest, 'segments' | 'query'>): string {
  const path = `/${request.segments.map(encodeURIComponent).join('/')}`;
  if (request.query.length === 0) return path;
  const pairs = request.query.map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `${path}?${pairs.join('&')}`;
}
