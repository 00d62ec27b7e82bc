// SPDX-License-Identifier: Apache-2.0
import {
  isJsonArray,
  type JsonValue,
  jsonAt,
  type KubeRequest,
  queryBoolean,
  queryValue,
  queryValues,
  type ResourceRequest,
  withQueryValue,
} from '@countersign/kube';
import { policyAction } from './action-scope.ts';
import type { CedarValue } from './engine.ts';

/** What a rule can name of an exec or an attach. */
export const sessionAttributes = ['container', 'tty', 'stdin', 'command', 'program', 'argv'] as const;

/** A word that a shell reads as itself. */
const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * An argv as one line, told apart from every other: `sh -c 'ls /tmp'`. Words of other than plain characters stand in
 * single quotes, as a POSIX shell reads them.
 */
export function commandLine(argv: readonly string[]): string {
  return argv.map((word) => (PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** What policy sees of an exec or an attach: all of it stands in the query. */
export function sessionFacts({
  subresource,
  query,
}: ResourceRequest): Partial<Record<(typeof sessionAttributes)[number], CedarValue>> {
  const terminal = {
    container: queryValue(query, 'container') ?? '',
    tty: queryBoolean(query, 'tty'),
    stdin: queryBoolean(query, 'stdin'),
  };
  if (subresource !== 'exec') return terminal;
  const argv = queryValues(query, 'command');
  return { ...terminal, command: commandLine(argv), program: argv[0] ?? '', argv: [...new Set(argv)] };
}

/** Whether a request is of those that `sessionFacts` are of. */
export function isSession(request: KubeRequest): request is ResourceRequest {
  return request.kind === 'resource' && ['exec', 'attach'].includes(policyAction(request));
}

/** Whether the API server takes of a pod its only container, as a session names none. */
export function lacksContainer(request: KubeRequest): boolean {
  return isSession(request) && (queryValue(request.query, 'container') ?? '') === '';
}

/** The same session, of this container by name. */
export function withContainer<R extends KubeRequest>(request: R, container: string): R {
  return { ...request, query: withQueryValue(request.query, 'container', container) };
}

/**
 * The containers of a pod of which the API server takes the only one where a session names none: not its init and
 * ephemeral ones.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/registry/core/pod/strategy.go (validateContainer)
 */
export function usualContainers(pod: JsonValue): readonly string[] {
  const containers = jsonAt(pod, 'spec', 'containers');
  if (!isJsonArray(containers)) return [];
  return containers.flatMap((container) => {
    const name = jsonAt(container, 'name');
    return typeof name === 'string' && name !== '' ? [name] : [];
  });
}
