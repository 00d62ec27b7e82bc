// SPDX-License-Identifier: Apache-2.0
import { parseLabelSelector } from '@countersign/kube';
import type { Forwarded } from './exchange.ts';

const HELM = /^Helm\//;
const NAME_PREFIX = 'sh.helm.release.v1.';
/** By helm's drivers; Secrets are the default. */
const KEPT_IN = ['secrets', 'configmaps'];

function selectsReleases(selector: string): boolean {
  return parseLabelSelector(selector).some(({ key, values }) => key === 'owner' && values.includes('helm'));
}

/**
 * Whether helm reads its releases, each of which is the one value of a Secret or ConfigMap. It can't use a mask and would fail over
 * it, or silently leave the release out; who else reads such an object is content with masks.
 */
export function wantsRelease({ request, headers, response }: Forwarded): boolean {
  if (response.status !== 200 || !HELM.test(headers.userAgent ?? '')) return false;
  if (request.kind !== 'resource' || request.group !== '' || !KEPT_IN.includes(request.resource)) return false;
  if (!['get', 'list', 'watch'].includes(request.verb)) return false;
  return request.name.startsWith(NAME_PREFIX) || selectsReleases(request.labelSelector);
}
