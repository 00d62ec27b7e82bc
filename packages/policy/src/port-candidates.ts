// SPDX-License-Identifier: Apache-2.0
import { queryValues } from '@countersign/kube';
import { mayConcern, policyAction } from './action-scope.ts';
import { ANYTHING } from './engine.ts';
import type { PolicyInput } from './policy-input.ts';
import type { PolicySet } from './policy-set.ts';

const FIRST_PORT = 1;
const LAST_PORT = 65_535;
/** Each costs an evaluation, and nobody else is served meanwhile. */
const MAX_CANDIDATES = 1_024;

/** The ports that the query of a port-forward names: only the oldest protocol does that. */
export function queryPorts({ request }: Pick<PolicyInput, 'request'>): readonly number[] {
  return queryValues(request.query, 'ports').flatMap((value) => value.split(',').map(Number));
}

/** Whether this is a port-forward of whose ports none is known yet: all that its head says. */
export function isBeforePorts(input: PolicyInput): boolean {
  return policyAction(input.request) === 'portforward' && input.port === undefined;
}

/**
 * Ports that stand for all that a port-forward may open: those of its query where it has any; else each number that a rule
 * which looks at the port names, and its neighbours. Rules that compare the port with numbers as they are written decide
 * every other port as one of these. Undefined where there are too many.
 */
export function portCandidates(set: PolicySet, input: PolicyInput): readonly number[] | undefined {
  const named = queryPorts(input);
  const candidates = new Set(named.length > 0 ? named : [FIRST_PORT, ...aroundNumbers(set)]);
  const ports = [...candidates].filter((port) => port >= FIRST_PORT && port <= LAST_PORT);
  return ports.length > MAX_CANDIDATES ? undefined : ports;
}

function aroundNumbers({ rules }: PolicySet): number[] {
  const looking = [...rules.values()].filter(
    ({ actions, reads }) => mayConcern(actions, 'portforward') && (reads.has('port') || reads.has(ANYTHING)),
  );
  return looking.flatMap(({ integers }) => [...integers].flatMap((number) => [number, number - 1, number + 1]));
}
