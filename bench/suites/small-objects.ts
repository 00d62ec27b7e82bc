// SPDX-License-Identifier: Apache-2.0
import { BenchError } from '../bench-error.ts';
import { NAMESPACE } from '../site/gateway-config.ts';
import type { Site } from '../site/site.ts';

const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
/** With what the API server adds, 2 KB of JSON. */
const VALUE = 'v'.repeat(1_500);

/** Makes ConfigMaps of 2 KB and returns their paths. */
export async function makeSmallObjects({ lab }: Site, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, index) => `object-${String(index).padStart(4, '0')}`);
  for (const name of names) {
    const { status } = await lab.admin.request('POST', CONFIG_MAPS, { metadata: { name }, data: { value: VALUE } });
    if (status !== 201) throw new BenchError('ERR_BENCH_PROCESS', `the API server answers ${status} to a create`);
  }
  return names.map((name) => `${CONFIG_MAPS}/${name}`);
}
