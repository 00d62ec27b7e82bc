// SPDX-License-Identifier: Apache-2.0
import type { configSchema } from '@countersign/gateway';
import type { LoopbackTls } from './loopback-tls.ts';

export const CLUSTER = 'lab';
export const NAMESPACE = 'demo';
export const AGENT = 'reporter';
/** An agent with limits that a loop is over on any machine. */
export const LOOPER = 'looper';
/** An agent with the limits of one whose registration says nothing, that asks for what costs most. */
export const WRITER = 'writer';
export const OPERATOR = 'operator';
export const AUDIENCE = 'countersign';
/** The agent's one group at the API server. */
export const UPSTREAM_GROUP = 'countersign:demo';

type ConfigFile = (typeof configSchema)['_zod']['input'];

/**
 * What an operator would write for one cluster, one agent that works as hard as it can, one that may do little, and one in between; nothing
 * is switched off for the bench.
 */
export function gatewayConfig(
  dir: string,
  ports: Readonly<Record<'data' | 'tunnel' | 'control' | 'health', number>>,
  { certificateFile, keyFile }: LoopbackTls,
  issuer: string,
): ConfigFile {
  const tls = { certificateFile, keyFile };
  return {
    gateway: 'bench',
    dataDir: `${dir}/data`,
    listeners: {
      data: { port: ports.data, tls },
      tunnel: { port: ports.tunnel },
      control: { port: ports.control, tls },
      health: { port: ports.health },
    },
    log: { dir: `${dir}/evidence` },
    policies: { dir: `${dir}/policies` },
    issuers: [
      { kind: 'oidc', name: 'provider', issuer, audience: AUDIENCE, algorithms: ['ES256'], groupsClaim: 'groups' },
    ],
    clusters: [{ name: CLUSTER }],
    agents: [
      {
        id: AGENT,
        owner: 'ada@example.com',
        purpose: 'Reads the namespace demo',
        match: { issuer: 'provider', subject: AGENT },
        clusters: [{ name: CLUSTER, groups: [UPSTREAM_GROUP] }],
        limits: { requestsPerSecond: 100_000, concurrentStreams: 100_000, bytesPerMinute: 1_099_511_627_776 },
      },
      {
        id: LOOPER,
        owner: 'ada@example.com',
        purpose: 'Asks on and on',
        match: { issuer: 'provider', subject: LOOPER },
        clusters: [{ name: CLUSTER, groups: [UPSTREAM_GROUP] }],
        limits: { requestsPerSecond: 20, concurrentStreams: 256, bytesPerMinute: 1_073_741_824 },
      },
      {
        id: WRITER,
        owner: 'ada@example.com',
        purpose: 'Writes what takes long to judge',
        match: { issuer: 'provider', subject: WRITER },
        clusters: [{ name: CLUSTER, groups: [UPSTREAM_GROUP] }],
      },
    ],
    roles: { operator: [{ issuer: 'provider', group: 'operators' }], auditor: [] },
  };
}
