// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AGENT, CLUSTER, LOOPER, NAMESPACE, WRITER } from './gateway-config.ts';

const POLICIES = fileURLToPath(new URL('../../policies', import.meta.url));

/** The other agents of the bench may read what the first one may, and one may write it. */
const OF_THE_OTHERS = `@id("looper-reads")
permit (principal == Agent::"${LOOPER}", action in Action::"read", resource in Namespace::"${NAMESPACE}");
@id("writer-writes")
permit (principal == Agent::"${WRITER}", action in [Action::"read", Action::"write"], resource in Namespace::"${NAMESPACE}")
when { resource.group == "" && resource.resource == "configmaps" };
`;

/** What the one agent execs is revealed, and what the other one execs is masked. */
const OF_STREAMS = `@id("reads") permit (principal == Agent::"${AGENT}", action in Action::"read", resource in Namespace::"${NAMESPACE}");
@id("discovers") permit (principal is Agent, action == Action::"non-resource", resource);
@id("execs") @reveal permit (principal == Agent::"${AGENT}", action in [Action::"exec", Action::"portforward"], resource in Namespace::"${NAMESPACE}");
@id("execs-masked") permit (principal == Agent::"${LOOPER}", action == Action::"exec", resource in Namespace::"${NAMESPACE}");
`;

/** A folder of policies that lets agents exec, and the first one forward ports: the baseline asks for that. */
export async function writeStreamPolicies(dir: string): Promise<void> {
  for (const set of ['organisation', join('clusters', CLUSTER)]) await mkdir(join(dir, set), { recursive: true });
  await writeFile(join(dir, 'organisation', 'none.cedar'), '// nothing');
  await writeFile(join(dir, 'clusters', CLUSTER, 'streams.cedar'), OF_STREAMS);
}

/** The folder of policies that `countersign up` begins with: the baseline, and the example for the lab. */
export async function writePolicies(dir: string): Promise<void> {
  const filter = (file: string) => !file.endsWith('.test.yaml');
  await mkdir(join(dir, 'clusters'), { recursive: true });
  await cp(join(POLICIES, 'baseline'), join(dir, 'organisation'), { recursive: true, filter });
  await cp(join(POLICIES, 'examples', 'lab'), join(dir, 'clusters', CLUSTER), { recursive: true, filter });
  await writeFile(join(dir, 'clusters', CLUSTER, 'others.cedar'), OF_THE_OTHERS);
}
