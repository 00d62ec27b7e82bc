// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import type { Installation } from '../installation.ts';

/** Path of a kubeconfig of the administrator, impersonating whom the connector impersonates. */
export async function directKubeconfig(site: Installation, agent: string, group: string): Promise<string> {
  const { adminKubeconfig } = site.lab('lab');
  const config = JSON.parse(await readFile(adminKubeconfig, 'utf8'));
  const [{ user }] = config.users;
  Object.assign(user, { as: `countersign:agent:${agent}`, 'as-groups': [group] });
  return site.file('direct.kubeconfig', config);
}

/** Path of a kubeconfig of the agent at the gateway, with a token that every client finds. */
export async function gatewayKubeconfig(site: Installation, agent: string): Promise<string> {
  // In the file itself: the JavaScript client does not read `tokenFile`.
  const token = await site.token(agent);
  return site.file('gateway.kubeconfig', {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server: `${site.data}/clusters/lab`, 'certificate-authority': site.caFile } }],
    users: [{ name: 'lab', user: { token } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    'current-context': 'lab',
  });
}
