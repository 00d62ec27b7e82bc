// SPDX-License-Identifier: Apache-2.0
import type { configSchema } from '@countersign/gateway';
import { AUDIENCE } from './provider.ts';

/** A gateway's configuration as an operator writes it. */
export type ConfigFile = (typeof configSchema)['_zod']['input'];

/** Limits that no test reaches. */
export const AS_MUCH_AS_THERE_IS = {
  requestsPerSecond: 100_000,
  concurrentStreams: 100_000,
  bytesPerMinute: 1_099_511_627_776,
} as const;

/** An agent of an installation, by its id. */
export interface AgentOptions {
  /** Clusters that it may call, each with its groups there. */
  readonly clusters: Readonly<Record<string, readonly string[]>>;
  /** What the `groups` claim of its tokens says. */
  readonly claimedGroups?: readonly string[];
  /** It proves itself with a token of this service account of a cluster instead of one of the provider. */
  readonly serviceAccount?: { readonly cluster: string; readonly namespace: string; readonly name: string };
  /** Default: what an agent gets whose entry says nothing. */
  readonly limits?: NonNullable<ConfigFile['agents']>[number]['limits'];
  /** Whether its requests wait for a countersignature; default true. */
  readonly waits?: boolean;
}

export interface ConfigParts {
  readonly dir: string;
  readonly ports: { readonly data: number; readonly tunnel: number; readonly control: number; readonly health: number };
  readonly tls: { readonly certificateFile: string; readonly keyFile: string };
  readonly providerIssuer: string;
  /** Issuers of service-account tokens, by cluster. */
  readonly clusters: Readonly<Record<string, string>>;
  readonly agents: Readonly<Record<string, AgentOptions>>;
}

function agentEntry(id: string, { clusters, serviceAccount, limits, waits }: AgentOptions) {
  const match = serviceAccount
    ? {
        issuer: `${serviceAccount.cluster}-workloads`,
        subject: `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`,
      }
    : { issuer: 'provider', subject: id };
  return {
    id,
    owner: 'ada@example.com',
    purpose: `Plays ${id} in a test`,
    match,
    clusters: Object.entries(clusters).map(([name, groups]) => ({ name, groups: [...groups] })),
    ...(limits === undefined ? {} : { limits }),
    ...(waits === undefined ? {} : { waits }),
  };
}

/** A configuration with one OIDC provider, and the service-account tokens of each cluster. */
export function configFile({ dir, ports, tls, providerIssuer, clusters, agents }: ConfigParts): ConfigFile {
  return {
    gateway: 'e2e',
    dataDir: `${dir}/data`,
    listeners: {
      data: { port: ports.data, tls },
      tunnel: { port: ports.tunnel },
      control: { port: ports.control, tls },
      health: { port: ports.health },
    },
    // Whatever else lies on the volume that tests run on.
    log: { dir: `${dir}/evidence`, segmentBytes: 1_048_576, keepFreePercent: 0 },
    policies: { dir: `${dir}/policies` },
    issuers: [
      {
        kind: 'oidc',
        name: 'provider',
        issuer: providerIssuer,
        audience: AUDIENCE,
        algorithms: ['ES256'],
        groupsClaim: 'groups',
      },
      ...Object.entries(clusters).map(([cluster, issuer]) => ({
        kind: 'cluster' as const,
        name: `${cluster}-workloads`,
        cluster,
        issuer,
        audience: AUDIENCE,
        algorithms: ['RS256' as const],
      })),
    ],
    clusters: Object.keys(clusters).map((name) => ({ name })),
    agents: Object.entries(agents).map(([id, agent]) => agentEntry(id, agent)),
    roles: { operator: [{ issuer: 'provider', group: 'operators' }], auditor: [] },
  };
}
