// SPDX-License-Identifier: Apache-2.0
import { fieldLines } from '../control/field-lines.ts';

type Json = Readonly<Record<string, unknown>>;

/** What is registered of a cluster, a line each, in printable ASCII. */
export function clusterLines(cluster: Json): readonly string[] {
  const { name, state, source, description, expiresAt = 'never', connectors } = cluster;
  const live: readonly Json[] = Array.isArray(connectors) ? connectors : [];
  return fieldLines([
    ['cluster', name],
    ['state', state],
    ['registered', source === 'config' ? "in the gateway's configuration file" : 'through the control API'],
    ['description', description === '' ? 'none' : description],
    ['expires', expiresAt],
    ...(live.length === 0 ? ([['connector', 'none']] as const) : []),
    ...live.map(({ connector, version, since }) => ['connector', `${connector} (${version}), since ${since}`] as const),
  ]);
}
