// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { Installation } from '../installation.ts';

/** What the kubelet of the lab counts of the requests that it has had, by their path: all of them, or those of one kind. */
export async function askedOfKubelet(site: Installation, path: string): Promise<number> {
  const { node, admin } = site.lab('lab');
  assert.ok('name' in node);
  const { body } = await admin.request('GET', `/api/v1/nodes/${node.name}/proxy/metrics`);
  const lines = String(body).matchAll(/^kubelet_http_requests_total\{([^}]*)\} (\S+)$/gm);
  const counted = [...lines].filter(([, labels = '']) => labels.includes(`path="${path}`));
  return counted.reduce((sum, [, , count]) => sum + Number(count), 0);
}
