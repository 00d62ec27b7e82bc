// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { Committed, Recorded, SessionRecording } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { Stage } from '../lane-table.ts';
import type { RecordedStream, Recordings } from '../recordings/recordings.ts';
import { faultOf } from '../respond/fault-of.ts';

export interface RecordParts {
  readonly recordings: Pick<Recordings, 'open'>;
  /** Whether what callers send is recorded where policy doesn't say, as it is configured now. */
  readonly recordsStdin: () => boolean;
}

/** What a recording is told of the session that it is of. */
export type RecordedFacts = (exchange: Committed, stream: string, ways: SessionRecording['ways']) => RecordedStream;

/** Whether what the caller sends is recorded: of an exec or attach as the permits say that let it, else as it is configured. */
function recordsUp({ lane, made: { decision } }: Committed, isConfigured: boolean): boolean {
  const said = lane === 'exec' && 'stdin' in decision ? decision.stdin : undefined;
  return said === undefined ? isConfigured : said === 'recorded';
}

/**
 * Opens the recording of a session before that is asked for upstream, where a command runs as soon as it is switched, and
 * does not wait for what its caller sends. What can't be recorded is not sent. MUST be taken back where nothing comes of it.
 */
export function record(parts: RecordParts, factsOf: RecordedFacts): Stage<Committed, Recorded> {
  return async (exchange) => {
    const stream = randomUUID();
    const ways = recordsUp(exchange, parts.recordsStdin()) ? (['up', 'down'] as const) : (['down'] as const);
    try {
      const recording = await parts.recordings.open(factsOf(exchange, stream, ways));
      return { ...exchange, recorded: { stream, ways, recording } };
    } catch (cause) {
      const { code, detail } = faultOf(cause);
      return new Fault(code, detail, { cause, fate: 'not sent' });
    }
  };
}
