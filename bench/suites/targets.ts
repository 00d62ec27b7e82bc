// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import type { Target } from '../load/load-call.ts';
import { AGENT, UPSTREAM_GROUP } from '../site/gateway-config.ts';
import { adminIdentity } from '../site/kubeconfig-identity.ts';
import type { Peer } from '../site/peer-process.ts';
import type { Site } from '../site/site.ts';

const ACCEPT = { accept: 'application/json', 'user-agent': 'countersign-bench' };

/** The ways to the same objects of the API server. */
export interface Targets {
  /** To the API server, as its administrator by client certificate: whom it lets through without asking RBAC. */
  readonly direct: Target;
  /** To the API server, as the connector would: its token, impersonating the agent. What RBAC costs without a gateway. */
  readonly asAgent: Target;
  /** Through the Go proxy, which calls as the administrator. */
  readonly goProxy: Target | undefined;
  /** Through gateway and connector, with the agent's token. */
  readonly countersign: Target;
}

/** All with the same paths, with a token that is good for a quarter of an hour. */
export async function targetsOf(site: Site, goProxy: Peer | undefined, paths: readonly string[]): Promise<Targets> {
  const { lab } = site;
  const [labCa, ownCa] = [await readFile(lab.caFile, 'utf8'), await readFile(site.tls.caFile, 'utf8')];
  const { certificateFile, keyFile } = await adminIdentity(lab.adminKubeconfig);
  const connectorToken = (await readFile(lab.connectorTokenFile, 'utf8')).trim();
  const atServer = { origin: lab.server, paths, ca: labCa };
  return {
    direct: {
      ...atServer,
      name: 'direct, as administrator',
      cert: await readFile(certificateFile, 'utf8'),
      key: await readFile(keyFile, 'utf8'),
      headers: ACCEPT,
    },
    asAgent: {
      ...atServer,
      name: 'direct, as the agent',
      headers: {
        ...ACCEPT,
        authorization: `Bearer ${connectorToken}`,
        'impersonate-user': `countersign:agent:${AGENT}`,
        'impersonate-group': UPSTREAM_GROUP,
      },
    },
    goProxy: goProxy && peerTarget('Go proxy', goProxy, ownCa, paths),
    countersign: await agentTarget(site, AGENT, paths),
  };
}

/** A proxy that checks nothing and calls as the administrator: it needs no credential. */
export function peerTarget(name: string, { server: origin }: Peer, ca: string, paths: readonly string[]): Target {
  return { origin, paths, ca, name, headers: ACCEPT };
}

/** Through gateway and connector, with a token of an agent. */
export async function agentTarget(site: Site, agent: string, paths: readonly string[]): Promise<Target> {
  const { origin, pathname } = new URL(site.server);
  return {
    origin,
    paths: paths.map((path) => `${pathname}${path}`),
    ca: await readFile(site.tls.caFile, 'utf8'),
    name: agent === AGENT ? 'Countersign' : `Countersign, ${agent}`,
    headers: { ...ACCEPT, authorization: `Bearer ${await site.token(agent)}` },
  };
}
