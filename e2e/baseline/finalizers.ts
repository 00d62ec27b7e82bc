// SPDX-License-Identifier: Apache-2.0
import type { Lab } from '@countersign/lab';
import { type Attempt, everyChange } from './spellings.ts';

/** Every way to take the finalizer `example.com/hold` from the ConfigMap that stands at `path`. */
export async function everyRelease(admin: Lab['admin'], path: string): Promise<readonly Attempt[]> {
  const [put, merge, strategic, , json] = await everyChange(admin, path, { metadata: { finalizers: null } });
  const released = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: path.split('/').at(-1) } };
  const patch = (type: string, body: object): Attempt => ({
    method: 'PATCH',
    path,
    contentType: `application/${type}-patch+json`,
    body,
  });
  return [
    ...[put, merge, strategic, json].filter((attempt) => attempt !== undefined),
    { method: 'PUT', path, body: released },
    {
      method: 'PATCH',
      path: `${path}?fieldManager=setup`,
      contentType: 'application/apply-patch+yaml',
      body: released,
    },
    patch('strategic-merge', { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/hold'] } }),
    patch('json', [{ op: 'remove', path: '/metadata/finalizers/0' }]),
  ];
}
