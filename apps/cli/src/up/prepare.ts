// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { consoleAssets } from '@countersign/console';
import type { DevelopmentIdp, DevelopmentIdpOptions, DevelopmentLogin } from '@countersign/gateway';
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

/** Whose tokens open the control API: a client, for programs of whoever runs `up`, and a person who logs in to the console. */
const OPERATOR = { id: 'operator', group: 'operators' } as const;

/** Whose tokens countersign what agents ask for: another one, as who operates need not approve. A client and a person, too. */
export const APPROVER = { id: 'approver', group: 'approvers' } as const;

/** Who replays what was recorded. */
const AUDITOR = { id: 'auditor', group: 'auditors' } as const;

/** Who answers for the agent: the provider says `owner@example.com` of them. */
const OWNER = { id: 'owner', address: 'owner@example.com' } as const;

/** What people log in to. */
const CONSOLE_ID = 'console';

/** What people log in to by `countersign login`. */
export const DEVICE_CLIENT_ID = 'cli';

/** The console as browsers see it: under a name, as passkeys are for names. */
export const consoleOrigin = ({ console }: Pick<UpPorts, 'console'>) => `http://localhost:${console}`;

/** What the identity provider knows of programs and of people: the same roles as either. */
export function providerClients(ports: UpPorts): Pick<DevelopmentIdpOptions, 'clients'> & { login: DevelopmentLogin } {
  const people = [
    { id: OPERATOR.id, groups: [OPERATOR.group] },
    { id: AUDITOR.id, groups: [AUDITOR.group] },
    { id: APPROVER.id, groups: [APPROVER.group, OPERATOR.group] },
    { id: OWNER.id, groups: [] },
  ];
  const client = { id: CONSOLE_ID, redirectUri: `${consoleOrigin(ports)}/auth/callback` };
  return {
    clients: [{ id: AGENT.id, groups: [] }, ...people],
    login: { client, deviceClientId: DEVICE_CLIENT_ID, people },
  };
}

/** A certificate that ends within this time is made anew at the next start. */
const RENEW_BEFORE_MS = 30 * 24 * 3_600_000;

function lasts(certificateFile: string, now: Date): boolean {
  const { validToDate } = new X509Certificate(readFileSync(certificateFile));
  return validToDate.getTime() - now.getTime() > RENEW_BEFORE_MS;
}

/** A certificate for loopback and its authority, made at the first start, and again before they end. */
export async function prepareTls({ tls }: Pick<UpPaths, 'tls'>, now = new Date()): Promise<void> {
  const isThere = [tls.ca, tls.certificate, tls.key].every((file) => existsSync(file));
  if (isThere && lasts(tls.certificate, now)) return;
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
 * the user's. A copy stands at its place whole or not at all: part of a baseline would hold part of what it promises.
 */
export async function preparePolicies({ policies }: Pick<UpPaths, 'policies'>, cluster: string): Promise<void> {
  const unfinished = join(policies, '.new');
  await rm(unfinished, { recursive: true, force: true });
  const shipped = shippedPolicies();
  await mkdir(join(policies, 'clusters'), { recursive: true, mode: 0o700 });
  for (const [from, to] of [
    ['baseline', 'organisation'],
    ['examples/lab', join('clusters', cluster)],
  ] as const) {
    if (existsSync(join(policies, to))) continue;
    const filter = (file: string) => !file.endsWith('.test.yaml');
    await cp(join(shipped, from), unfinished, { recursive: true, filter });
    await rename(unfinished, join(policies, to));
  }
}

/** Writes the gateway's configuration; a user who wants another one runs `countersign gateway` with it. */
export async function writeConfig(
  paths: UpPaths,
  ports: UpPorts,
  { issuer, credentials }: Pick<DevelopmentIdp, 'issuer' | 'credentials'>,
  cluster: string,
): Promise<void> {
  const tls = { certificateFile: paths.tls.certificate, keyFile: paths.tls.key };
  const config = {
    gateway: 'local',
    dataDir: paths.dataDir,
    listeners: {
      data: { port: ports.data, tls },
      tunnel: { port: ports.tunnel },
      control: { port: ports.control, tls },
      console: { port: ports.console, origin: consoleOrigin(ports) },
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
        owner: OWNER.address,
        purpose: `Reads namespace ${AGENT.namespace} and keeps its notes there`,
        match: { issuer: 'development', subject: AGENT.id },
        clusters: [{ name: cluster, groups: [AGENT.upstreamGroup] }],
      },
    ],
    roles: {
      operator: [{ issuer: 'development', group: OPERATOR.group }],
      auditor: [{ issuer: 'development', group: AUDITOR.group }],
      // The baseline names the operators.
      approver: [APPROVER.group, OPERATOR.group].map((group) => ({ issuer: 'development', group })),
      owner: [{ issuer: 'development', claim: 'email' }],
    },
    console: {
      issuer: 'development',
      clientId: CONSOLE_ID,
      clientSecretFile: credentials.get(CONSOLE_ID)?.secretFile,
      assetsDir: consoleAssets(),
    },
  };
  const head = '# Written by `countersign up` at each start.\n';
  await writeOwnerFile(paths.config, head + stringify(config, { aliasDuplicateObjects: false }));
}
