// SPDX-License-Identifier: Apache-2.0
import type { KubeRequest } from './request.ts';

const HASHED = /^(?<path>\/[^?#]*)\?hash=[0-9A-Za-z]{1,256}$/;

/**
 * The target of the one redirect that is passed on: of an OpenAPI v3 document that was asked for by a hash it no longer
 * has, to the same path with another. Undefined for every other `Location`.
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/2896-openapi-v3
 */
export function openapiRedirect(request: KubeRequest, location: string | undefined): string | undefined {
  const path = HASHED.exec(location ?? '')?.groups?.path;
  if (request.kind !== 'non-resource' || path !== request.path) return undefined;
  const [first, second, ...document] = request.segments;
  const isDocument = first === 'openapi' && second === 'v3' && document.length > 0;
  return isDocument && request.query.some(({ name }) => name === 'hash') ? location : undefined;
}
