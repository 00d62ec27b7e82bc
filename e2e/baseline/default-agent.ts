// SPDX-License-Identifier: Apache-2.0
import { type Installation, startInstallation } from '../installation.ts';

/** Every verb on everything that an API server serves. */
export const EVERYTHING = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

/**
 * A lab with a default agent `bot`: its RBAC allows everything, its cluster's set permits everything, and the baseline stands
 * before it, in which the organisation has opened groups of its own.
 */
export async function startWithDefaultAgent(openGroups: readonly string[] = []): Promise<Installation> {
  return startInstallation({
    clusters: {
      lab: {
        policies: '@id("broad") permit (principal, action, resource);',
        rights: { 'countersign:bots': EVERYTHING },
      },
    },
    openGroups,
    agents: { bot: { clusters: { lab: ['countersign:bots'] }, waits: false } },
    configure: (config) => ({ ...config, approvals: { maxOpenOfAgent: 10_000, maxPerDayOfAgent: 100_000 } }),
  });
}
