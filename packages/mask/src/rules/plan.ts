// SPDX-License-Identifier: Apache-2.0
import type { KubeRequest } from '@countersign/kube';
import type { PathNode } from './path-node.ts';
import { secretColumns, secretObject, secretWatchEvent } from './secret-paths.ts';

/** What is masked in the answer to one request. Chosen by its path, never by what the answer says of itself. */
export interface MaskingPlan {
  /** `object-or-list`: one document (object, list, Table, Status); `watch`: events back to back. */
  readonly shape: 'object-or-list' | 'watch';
  /** Whether the request could write: its answer gets tokens that say nothing about values (dry runs too). */
  readonly isWriteAnswer: boolean;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace: string;
  readonly rules: RuleTable;
}

/** One set of path tables. */
export interface RuleTable {
  /** Rules for one document that is no watch event, and for JSON inside its strings. */
  readonly object: PathNode;
  readonly watchEvent: PathNode;
  /** Names of Table columns that show no values. */
  readonly harmlessColumns: readonly string[];
}

const secretRules: RuleTable = { object: secretObject, watchEvent: secretWatchEvent, harmlessColumns: secretColumns };

const TABLES: ReadonlyMap<string, RuleTable> = new Map([['/secrets', secretRules]]);

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/**
 * What to mask in the answer to a request, whatever its status; `undefined` if no rule names its resource. All
 * versions and subresources of a resource share its rules.
 */
export function maskingFor(request: KubeRequest): MaskingPlan | undefined {
  if (request.kind !== 'resource') return undefined;
  const { group, version, resource, namespace, verb } = request;
  const rules = TABLES.get(`${group}/${resource}`);
  if (rules === undefined) return undefined;
  const shape = verb === 'watch' ? 'watch' : 'object-or-list';
  return { shape, isWriteAnswer: !READS.has(verb), group, version, resource, namespace, rules };
}
