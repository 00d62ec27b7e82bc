// SPDX-License-Identifier: Apache-2.0
import { definitionOf } from '../fixtures/custom-resource.ts';
import { AS_MUCH_AS_THERE_IS, type ConfigFile } from '../installation/config-file.ts';
import { type Installation, startInstallation } from '../installation.ts';
import { Field } from './field.ts';
import { FRONTED } from './front.ts';
import { OF_FRONTED } from './fronted-policies.ts';

/** How long a connection may say nothing, and a body may take: so short that tries wait for it, on a busy machine enough. */
export const PATIENCE_MS = 2_000;
/** Few, so that a try can take all places. */
const MAX_CONNECTIONS = 100;

const EVERYTHING = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

/** What only somebody at another address might read, and what a human must countersign. */
const POLICIES = `
@id("broad") permit (principal == Agent::"bot", action, resource);

@id("expendable") permit (principal == Agent::"expendable", action in Action::"read", resource);

@id("demo-only") permit (principal == Agent::"narrow", action, resource in Namespace::"demo");

@id("from-there-only") forbid (principal, action, resource in Namespace::"kube-system")
when { resource.resource == "configmaps" && !context.source.isInRange(ip("203.0.113.0/24")) };

@id("asks") @approval("owners") forbid (principal, action in Action::"write", resource)
when { resource.name == "asked" || context.fieldSelector like "*asked*" };

@id("owners-only") forbid (principal, action, resource in Namespace::"demo")
when { resource.name == "owned" } unless { principal in Group::"owners" };
`;

/** A kind of the whole cluster with a number that JavaScript can't hold. */
const CROWNS = definitionOf({
  group: 'attacks.example.com',
  scope: 'Cluster',
  kind: 'Crown',
  spec: { type: 'object', properties: { worth: { type: 'integer', format: 'int64' } } },
});

const ASKED = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'asked', namespace: 'demo' } };

function configure(config: ConfigFile): ConfigFile {
  const { data } = config.listeners;
  const limits = { handshakeTimeoutMs: PATIENCE_MS, bodyTimeoutMs: PATIENCE_MS, maxConnections: MAX_CONNECTIONS };
  return {
    ...config,
    listeners: { ...config.listeners, data: { ...data, ...limits } },
    // `fronted` is reached through a front, `other` by nobody.
    clusters: [...(config.clusters ?? []), { name: FRONTED }, { name: 'other' }],
    agents: (config.agents ?? []).map((agent) =>
      agent.id === 'bot' || agent.id === 'shell'
        ? { ...agent, clusters: [...(agent.clusters ?? []), { name: FRONTED, groups: ['countersign:bots'] }] }
        : agent,
    ),
  };
}

/** Starts the installation that attacks are tried on. The shipped baseline stands before everything. */
export async function startField(): Promise<Field> {
  const limits = AS_MUCH_AS_THERE_IS;
  const site: Installation = await startInstallation({
    clusters: { lab: { policies: POLICIES, rights: { 'countersign:bots': EVERYTHING } } },
    agents: {
      bot: { clusters: { lab: ['countersign:bots'] }, limits, waits: false },
      narrow: { clusters: { lab: ['countersign:bots'] }, limits },
      groupless: { clusters: { lab: [] }, limits },
      shell: { clusters: { lab: ['countersign:bots'] }, limits },
      expendable: { clusters: { lab: ['countersign:bots'] }, limits },
    },
    openGroups: ['attacks.example.com'],
    configure,
  });
  try {
    await site.writePolicies(FRONTED, OF_FRONTED);
    await site.lab('lab').admin.apply([CROWNS, ASKED]);
    return await Field.open(site);
  } catch (error) {
    await site.stop();
    throw error;
  }
}
