// SPDX-License-Identifier: Apache-2.0
import type { Committed } from '../../exchange.ts';
import type { RecordedStream } from '../../recordings/recordings.ts';

/** What a recording is told of the port-forward that it is of. */
export function recordedPortForward(
  { id, session, cluster, principal, request }: Committed,
  stream: string,
  recorded: readonly ('up' | 'down')[],
): RecordedStream {
  const { namespace, name: pod } = request.kind === 'resource' ? request : { namespace: '', name: '' };
  const facts = { kind: 'portforward', cluster, namespace, pod, recorded, tty: false, masked: false } as const;
  return { exchange: id, session, stream, facts: { ...facts, agent: principal.id } };
}
