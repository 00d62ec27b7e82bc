// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLUSTER } from './gateway-config.ts';

const POLICIES = fileURLToPath(new URL('../../policies', import.meta.url));

/** The folder of policies that `countersign up` begins with: the baseline, and the example for the lab. */
export async function writePolicies(dir: string): Promise<void> {
  const filter = (file: string) => !file.endsWith('.test.yaml');
  await mkdir(join(dir, 'clusters'), { recursive: true });
  await cp(join(POLICIES, 'baseline'), join(dir, 'organisation'), { recursive: true, filter });
  await cp(join(POLICIES, 'examples', 'lab'), join(dir, 'clusters', CLUSTER), { recursive: true, filter });
}
