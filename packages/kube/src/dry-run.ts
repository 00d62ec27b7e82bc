// SPDX-License-Identifier: Apache-2.0
import { parseDeleteOptions } from './delete-options.ts';
import type { JsonValue } from './json.ts';
import type { ResourceRequest } from './request.ts';

/** Subresources whose writes the API server leaves undone under `dryRun=All`; `token` is not one: it always mints. */
const honouring = new Set([
  '',
  'status',
  'scale',
  'finalize',
  'approval',
  'ephemeralcontainers',
  'resize',
  'eviction',
  'binding',
]);

/**
 * Whether a write leaves nothing behind. For deletes the body decides, if there is one. False wherever dry runs are not
 * honoured, and for an eviction whose dry run stands in its body alone. Admission webhooks run all the same.
 * @throws KubeError `ERR_KUBE_DELETE_OPTIONS`
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run
 */
export function isDryRun(request: ResourceRequest, body: JsonValue | undefined): boolean {
  if (!honouring.has(request.subresource)) return false;
  switch (request.verb) {
    case 'delete':
    case 'deletecollection':
      return parseDeleteOptions(request, body).dryRun;
    case 'create':
    case 'update':
    case 'patch':
      return request.dryRun;
    default:
      return false;
  }
}
