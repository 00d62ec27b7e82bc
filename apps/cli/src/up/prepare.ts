// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '@countersign/lab';
import { stringify } from 'yaml';
import { writeOwnerFile } from '../kubeconfig/agent-kubeconfig.ts';
import type { UpPorts } from './free-ports.ts';
import { shippedPolicies, type UpPaths } from './up-paths.ts';

/** The agent that `up` registers, and the one audience that its tokens have. */
export const AGENT = {
  id: 'reporter',
  namespace: 'demo',
  upstreamGroup: 'countersign:demo',
  audience: 'countersign',
} as const;

/** Whoever pressed Ctrl-C waits for it. */
const SHUTDOWN_GRACE_MS = 1_000;

/** The client whose tokens open the control API: for whoever runs `up`, as its provider has no login for people. */
export const OPERATOR = { id: 'operator', group: 'operators' } as const;

/** A certificate for loopback, made at the first start. */
export async function prepareTls({ tls }: UpPaths): Promise<void> {
  if (existsSync(tls.ca) && existsSync(tls.certificate) && existsSync(tls.key)) return;
  const authority = await createAuthority('Countersign on this machine');
  const { certificate, key } = await authority.issue({
    commonName: 'countersign',
    addresses: ['127.0.0.1'],
    dnsNames: ['localhost'],
  });
  await writeOwnerFile(tls.key, key);
  await writeOwnerFile(tls.certificate, certificate);
  await writeOwnerFile(tls.ca, authority.certificate);
}

/**
 * The baseline for the organisation and the example for the cluster, each copied where there is none yet: then they are
 * the user's.
 */
export async function preparePolicies({ policies }: UpPaths, cluster: string): Promise<void> {
  const shipped = shippedPolicies();
  await mkdir(join(policies, 'clusters'), { recursive: true, mode: 0o700 });
  for (const [from, to] of [
    ['baseline', 'organisation'],
    ['examples/lab', join('clusters', cluster)],
  ] as const) {
    if (existsSync(join(policies, to))) continue;
    const filter = (file: string) => !file.endsWith('.test.yaml');
    await cp(join(shipped, from), join(policies, to), { recursive: true, filter });
  }
}

/** Writes the gateway's configuration; a user who wants another one runs `countersign gateway` with it. */
export async function writeConfig(paths: UpPaths, ports: UpPorts, issuer: string, cluster: string): Promise<void> {
  const tls = { certificateFile: paths.tls.certificate, keyFile: paths.tls.key };
  const config = {
    gateway: 'local',
    dataDir: paths.dataDir,
    listeners: {
      data: { port: ports.data, tls },
      tunnel: { port: ports.tunnel },
      control: { port: ports.control, tls },
      health: { port: ports.health },
    },
    log: { dir: paths.evidence },
    policies: { dir: paths.policies },
    shutdownGraceMs: SHUTDOWN_GRACE_MS,
    issuers: [
      {
        kind: 'oidc',
        name: 'development',
        issuer,
        audience: AGENT.audience,
        algorithms: ['ES256'],
        groupsClaim: 'groups',
      },
    ],
    clusters: [{ name: cluster, description: 'The cluster that `countersign up` uses' }],
    agents: [
      {
        id: AGENT.id,
        owner: 'owner@example.com',
        purpose: `Reads namespace ${AGENT.namespace} and keeps its notes there`,
        match: { issuer: 'development', subject: AGENT.id },
        clusters: [{ name: cluster, groups: [AGENT.upstreamGroup] }],
      },
    ],
    roles: {
      operator: [{ issuer: 'development', group: OPERATOR.group }],
      auditor: [{ issuer: 'development', group: 'auditors' }],
    },
  };
  const head = '# Written by `countersign up` at each start.\n';
  await writeOwnerFile(paths.config, head + stringify(config, { aliasDuplicateObjects: false }));
}
