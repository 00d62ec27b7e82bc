// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLUSTER, LOOPER, NAMESPACE } from './gateway-config.ts';

const POLICIES = fileURLToPath(new URL('../../policies', import.meta.url));

/** The other agent of the bench may read what the first one may. */
const OF_THE_LOOPER = `@id("looper-reads")
permit (principal == Agent::"${LOOPER}", action in Action::"read", resource in Namespace::"${NAMESPACE}");
`;

/** The folder of policies that `countersign up` begins with: the baseline, and the example for the lab. */
export async function writePolicies(dir: string): Promise<void> {
  const filter = (file: string) => !file.endsWith('.test.yaml');
  await mkdir(join(dir, 'clusters'), { recursive: true });
  await cp(join(POLICIES, 'baseline'), join(dir, 'organisation'), { recursive: true, filter });
  await cp(join(POLICIES, 'examples', 'lab'), join(dir, 'clusters', CLUSTER), { recursive: true, filter });
  await writeFile(join(dir, 'clusters', CLUSTER, 'looper.cedar'), OF_THE_LOOPER);
}
