// SPDX-License-Identifier: Apache-2.0
import { annotations } from './metadata.ts';
import {
  keep,
  leaf,
  listOf,
  mapOf,
  type PathNode,
  plain,
  record,
  recordOfItself,
  rule,
  withMembers,
} from './path-node.ts';

const value = leaf('base64', 'secret-data', 'secret');
const text = leaf('text', 'secret-string-data', 'secret');
const scanned = leaf('scan', 'status-scan', 'field');
const statusText = leaf('status-text', 'status-text', 'field');
const causeText = leaf('cause-text', 'status-text', 'field');

const ownedValues = recordOfItself({
  leaf: rule('text', 'managed-field-key', 'field'),
  listKeys: true,
  below: undefined,
});

const managedFields = listOf(
  withMembers(record(), {
    manager: plain,
    operation: plain,
    apiVersion: plain,
    time: plain,
    fieldsType: plain,
    subresource: plain,
    fieldsV1: withMembers(record({ others: keep }), { 'f:data': ownedValues, 'f:stringData': ownedValues }),
  }),
);

/** ObjectMeta and ListMeta together: which of the two stands here is known only later, if at all. */
const metadata = withMembers(record(), {
  name: leaf('fact', 'unknown-field', 'field', 'name'),
  namespace: leaf('fact', 'unknown-field', 'field', 'namespace'),
  uid: leaf('fact', 'unknown-field', 'field', 'uid'),
  generateName: plain,
  selfLink: plain,
  resourceVersion: plain,
  generation: plain,
  creationTimestamp: plain,
  deletionTimestamp: plain,
  deletionGracePeriodSeconds: plain,
  labels: record({ others: plain }),
  annotations,
  ownerReferences: listOf(keep),
  finalizers: listOf(plain),
  managedFields,
  continue: plain,
  remainingItemCount: plain,
});

const statusDetails = withMembers(record(), {
  name: leaf('fact', 'unknown-field', 'field', 'details-name'),
  kind: leaf('fact', 'unknown-field', 'field', 'details-kind'),
  group: plain,
  uid: plain,
  retryAfterSeconds: plain,
  causes: listOf(withMembers(record(), { reason: plain, field: scanned, message: causeText })),
});

const columnDefinition = withMembers(record(), {
  name: leaf('column', 'unknown-field', 'field'),
  type: plain,
  format: plain,
  description: plain,
  priority: plain,
});

/**
 * Anything that may come back on a Secret path, in one table: Secret, PartialObjectMetadata, their lists, Table and
 * Status. The forms share no member that one keeps and another must mask, so `kind` is never asked (typed list items
 * have none, and in objects with sorted keys it comes after `data`).
 */
export const secretObject: PathNode = secretTable();

function secretTable(): PathNode {
  const object = record({ beginsObject: true });
  const row = withMembers(record(), { cells: listOf(leaf('cell', 'table-cell', 'cell')), object });
  return withMembers(object, {
    kind: plain,
    apiVersion: plain,
    metadata,
    data: mapOf(value),
    stringData: mapOf(text),
    type: plain,
    immutable: plain,
    items: listOf(object, { units: true }),
    columnDefinitions: listOf(columnDefinition, { columns: true }),
    rows: listOf(row, { units: true }),
    status: plain,
    message: statusText,
    reason: leaf('fact', 'unknown-field', 'field', 'reason'),
    code: leaf('fact', 'unknown-field', 'field', 'code'),
    details: statusDetails,
  });
}

/** Columns of the API server's own Secret table; cells of any other column are masked. */
export const secretColumns: readonly string[] = ['Name', 'Type', 'Data', 'Age'];
