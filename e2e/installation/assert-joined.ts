// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { IndexedRecord, Installation } from '../installation.ts';
import { connectorAuditEvents, refusedAuditIds } from './audit-events.ts';

/** How the two logs of an installation join. */
export interface Joined {
  /** Exchanges that both know. */
  readonly both: number;
  /**
   * Exchanges that are ours alone: refusals, intents that were not sent, that were carried out by others which name them, or
   * whose outcome nobody knows, the gateway's own questions that got no answer, and requests to its control API.
   */
  readonly oneSided: number;
}

type ExchangeRecord = IndexedRecord['record'] & { readonly exchange: string };

function mayBeOneSided(records: readonly ExchangeRecord[]): boolean {
  return records.some(
    (record) =>
      record.type === 'refusal' ||
      record.type === 'control' ||
      (record.type === 'upkeep' && record.status === undefined) ||
      (record.type === 'outcome' && (record.result === 'not sent' || record.result === 'unknown')),
  );
}

/**
 * Joins the records of the log with the audit logs of all clusters, both ways, by Audit-ID: whatever the connectors'
 * credentials did is on record, and whatever is on record was done, but for refusals and intents that say otherwise, and
 * for exchanges that came to no API server but `elsewhere`.
 */
export async function assertJoined(
  site: Installation,
  clusters: readonly string[],
  elsewhere: ReadonlySet<string> = new Set(),
): Promise<Joined> {
  const eventsNow = async () =>
    (await Promise.all(clusters.map((cluster) => connectorAuditEvents(site.lab(cluster))))).flat();
  // Both logs may still grow: each is compared with what the other has later.
  const events = await eventsNow();
  const records = await site.records();
  const refused = await Promise.all(clusters.map((cluster) => refusedAuditIds(site.lab(cluster))));
  const audited = new Set([...(await eventsNow()).map(({ auditID }) => auditID), ...refused.flat()]);
  const recorded = Map.groupBy(
    records.flatMap(({ record }) => ('exchange' in record && record.exchange ? [record as ExchangeRecord] : [])),
    ({ exchange }) => exchange,
  );
  const unrecorded = events.filter(({ auditID }) => !recorded.has(auditID));
  assert.deepEqual(unrecorded, [], 'the connector did what is not on record');
  const oneSided = [...recorded].filter(([exchange]) => !audited.has(exchange));
  const carriedOut = new Set(records.flatMap(({ record }) => (record.type === 'intent' ? [record.parent] : [])));
  const isKnown = (exchange: string) => elsewhere.has(exchange) || carriedOut.has(exchange);
  const unexplained = oneSided.filter(([exchange, of]) => !isKnown(exchange) && !mayBeOneSided(of));
  assert.deepEqual(unexplained, [], 'on record as done, but the API server knows nothing of it');
  return { both: recorded.size - oneSided.length, oneSided: oneSided.length };
}
