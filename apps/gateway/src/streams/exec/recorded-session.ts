// SPDX-License-Identifier: Apache-2.0
import { queryBoolean, queryValue, queryValues } from '@countersign/kube';
import type { Committed } from '../../exchange.ts';
import { isRevealed } from '../../is-revealed.ts';
import type { RecordedStream } from '../../recordings/recordings.ts';

/** What a recording is told of the exec or attach that it is of. */
export function recordedSession(
  { id, session, cluster, principal, request, made }: Committed,
  stream: string,
  recorded: readonly ('up' | 'down')[],
): RecordedStream {
  const { query } = request;
  const { namespace, name: pod, subresource } = request.kind === 'resource' ? request : { namespace: '', name: '' };
  const container = queryValue(query, 'container');
  const kind = subresource === 'attach' ? 'attach' : 'exec';
  return {
    exchange: id,
    session,
    stream,
    facts: {
      ...{ kind, cluster, namespace, pod, recorded },
      ...(container === undefined ? {} : { container }),
      ...(kind === 'exec' ? { command: queryValues(query, 'command') } : {}),
      tty: queryBoolean(query, 'tty') === true,
      agent: principal.id,
      masked: !isRevealed(made.decision),
    },
  };
}
