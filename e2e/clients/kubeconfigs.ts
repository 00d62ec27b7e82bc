// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import type { TokenParts } from '../installation/provider.ts';
import type { Installation } from '../installation.ts';

/** Path of a kubeconfig of the administrator, impersonating whom the connector impersonates. */
export async function directKubeconfig(site: Installation, agent: string, group: string): Promise<string> {
  const { adminKubeconfig } = site.lab('lab');
  const config = JSON.parse(await readFile(adminKubeconfig, 'utf8'));
  const [{ user }] = config.users;
  Object.assign(user, { as: `countersign:agent:${agent}`, 'as-groups': [group] });
  return site.file('direct.kubeconfig', config);
}

/** The client certificate of a kubeconfig of the lab's administrator, PEM. */
export async function adminIdentity(kubeconfig: string): Promise<{ readonly cert: string; readonly key: string }> {
  const [{ user }] = JSON.parse(await readFile(kubeconfig, 'utf8')).users;
  const [cert, key] = await Promise.all(
    [user['client-certificate'], user['client-key']].map((path) => readFile(path, 'utf8')),
  );
  return { cert: cert ?? '', key: key ?? '' };
}

/** The longest that a token may be good for: all that is run with it takes less, on a busy machine too. */
const HOUR_SECONDS = 3_600;

/** Path of a kubeconfig of the agent at the gateway, with a token that every client finds. */
export async function gatewayKubeconfig(site: Installation, agent: string): Promise<string> {
  const forAnHour = ({ claims }: TokenParts) => ({ claims: { exp: Number(claims.iat) + HOUR_SECONDS } });
  return tokenKubeconfig(site, await site.provider.forge(agent, forAnHour));
}

/** Path of a kubeconfig at the gateway that holds one token: the JavaScript client does not read `tokenFile`. */
export async function tokenKubeconfig(site: Installation, token: string, namespace?: string): Promise<string> {
  return site.file('gateway.kubeconfig', {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server: `${site.data}/clusters/lab`, 'certificate-authority': site.caFile } }],
    users: [{ name: 'lab', user: { token } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab', ...(namespace && { namespace }) } }],
    'current-context': 'lab',
  });
}
