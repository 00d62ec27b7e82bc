// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeStreamStatus, type StreamStatus } from '@countersign/kube';
import { CallerGone } from '../../data/incoming.ts';
import { Fault } from '../../faults.ts';
import type { Log } from '../../log/log.ts';
import { LogError } from '../../log/log-error.ts';
import type { OpenRecording } from '../../recordings/open-recording.ts';
import type { Recordings } from '../../recordings/recordings.ts';
import { outcomeRecord } from '../../records/answer-records.ts';
import { type StreamEnd, streamEndRecord, streamStartRecord } from '../../records/stream-records.ts';
import { type Session, switchHeaders } from '../session.ts';
import { type ExecCaller, sessionStreams } from './exec-caller.ts';
import type { ExecUpstream } from './exec-upstream.ts';
import { recordedSession } from './recorded-session.ts';
import { ExecRelay } from './relay-exec.ts';
import { SpdyCaller } from './spdy-caller.ts';
import { SpdyUpstream } from './spdy-upstream.ts';
import { WebSocketCaller } from './web-socket-caller.ts';
import { WebSocketUpstream } from './web-socket-upstream.ts';

/** How long the end of what is cut may take to go on record; a caller waits no longer for a disk that does not answer. */
const RECORD_MS = 500;
/** How long a caller may take to hear why it was ended; one that does not read is closed all the same. */
const FAREWELL_MS = 500;
/** What is left to send of a session that came to its end may take longer. */
const FINISH_MS = 30_000;

export interface RunExecParts {
  readonly log: Log;
  readonly recordings: Pick<Recordings, 'open'>;
  /** Whether what callers type is recorded, as it is configured now. */
  readonly recordsStdin: () => boolean;
  readonly now: () => Date;
  readonly faultOf: (error: unknown) => Fault;
}

interface RunningExecParts extends RunExecParts {
  readonly exchange: Session;
  readonly upstream: ExecUpstream;
  readonly stream: string;
  readonly recorded: readonly ('up' | 'down')[];
  readonly recording: OpenRecording;
}

/** One exec or attach, from its 101 to its end. */
class RunningExec {
  readonly #parts: RunningExecParts;
  readonly #relay: ExecRelay;

  constructor(parts: RunningExecParts) {
    this.#parts = parts;
    this.#relay = new ExecRelay({ ...parts, recordsStdin: parts.recorded.includes('up') });
  }

  async run(): Promise<void> {
    const { log, exchange } = this.#parts;
    await this.#begin();
    // What flows on while nothing can be recorded would have no end on record.
    const unwatchLog = log.onState(({ state }) => {
      if (state === 'failed') exchange.abort.abort(new Fault('ERR_LOG_FAILED'));
    });
    try {
      await this.#carry();
    } finally {
      unwatchLog();
      exchange.incoming.reply.cut();
    }
  }

  async #begin(): Promise<void> {
    const { exchange, stream, recorded, recording, log, now, faultOf } = this.#parts;
    const start = streamStartRecord(exchange, { stream, protocol: exchange.upgrade.protocol.name, recorded });
    try {
      await log.append([outcomeRecord(exchange, undefined, undefined, now()), start]);
    } catch (error) {
      // What the log can't take now either, the next start ends.
      await recording.close({ end: 'cut', reason: faultOf(error).code }).catch(() => undefined);
      throw error;
    }
  }

  /** From here on the end is on record: nothing is thrown any more, and what can't be said is cut. */
  async #carry(): Promise<void> {
    using relay = this.#relay;
    let caller: ExecCaller | undefined;
    try {
      caller = this.#switch();
      const status = await relay.run(caller);
      await this.#recordEnd(status);
      await Promise.race([caller.finish(status), delay(FINISH_MS, undefined, { ref: false })]);
    } catch (error) {
      const { signal } = this.#parts.exchange.abort;
      await this.#cut(this.#parts.faultOf(signal.aborted ? signal.reason : error), caller);
    }
  }

  #switch(): ExecCaller {
    const { incoming, request, upgrade, id } = this.#parts.exchange;
    if (!incoming.switchTo) throw new CallerGone();
    const connection = incoming.switchTo([...switchHeaders(upgrade), ['audit-id', id]]);
    const streams = sessionStreams(request);
    if (upgrade.offer.transport === 'spdy') return new SpdyCaller(connection, streams);
    return new WebSocketCaller(connection, upgrade.protocol.framing === 'channels-v5' ? 5 : 4, streams);
  }

  /** @throws RecordingsError, LogError: then no end may be told */
  async #recordEnd(status: StreamStatus): Promise<void> {
    const { recording } = this.#parts;
    const exit = status.outcome === 'failure' ? {} : { exitCode: exitCodeOf(status) };
    await Promise.all([
      recording.write({ channel: 'error', bytes: encodeStreamStatus(status) }),
      recording.close({ end: 'complete', ...exit }),
    ]);
    await this.#record(exit);
  }

  /** Nothing flows on; why goes on record, then to the caller. */
  async #cut(fault: Fault, caller: ExecCaller | undefined): Promise<void> {
    const { exchange, upstream } = this.#parts;
    upstream[Symbol.dispose]();
    this.#relay[Symbol.dispose]();
    const late = setTimeout(() => exchange.incoming.reply.cut(), RECORD_MS).unref();
    const message = `${fault.message} (request ${exchange.id})`;
    const isOnRecord = await this.#recordCut(fault, message);
    clearTimeout(late);
    if (!isOnRecord || !caller || fault.code === 'ERR_CALLER_GONE') return;
    // The sentence that its terminal shows.
    const told = caller.finish({ outcome: 'failure', reason: fault.row.reason, message }).catch(() => {});
    await Promise.race([told, delay(FAREWELL_MS, undefined, { ref: false })]);
  }

  /** False when that can't be recorded; the log says so itself, and a recovery will end the stream. */
  async #recordCut(fault: Fault, message: string): Promise<boolean> {
    const { recording } = this.#parts;
    try {
      // Where it can't be written any more, the recording's end says why.
      const noted = recording.write({ channel: 'notice', bytes: Buffer.from(message) }).catch(() => undefined);
      await Promise.all([noted, recording.close({ end: 'cut', reason: fault.code })]);
      await this.#record({ cutBy: fault });
      return true;
    } catch (error) {
      if (error instanceof LogError) return false;
      throw error;
    }
  }

  async #record(end: Pick<StreamEnd, 'exitCode' | 'cutBy'>): Promise<void> {
    const { exchange, stream, log } = this.#parts;
    await log.append([streamEndRecord(exchange, stream, { ...this.#relay.flowed, ...end })]);
  }
}

function exitCodeOf(status: Exclude<StreamStatus, { outcome: 'failure' }>): number {
  return status.outcome === 'success' ? 0 : status.exitCode;
}

function upstreamOf({ upstream, upstreamTransport, request }: Session): ExecUpstream {
  return upstreamTransport === 'spdy'
    ? new SpdyUpstream(upstream, sessionStreams(request))
    : new WebSocketUpstream(upstream);
}

/**
 * Carries a session: its start durable before the caller's connection is switched, every byte parsed, recorded and written
 * anew, its end durable before it is signalled. Rejects only as long as nothing is switched.
 */
export async function runExec(exchange: Session, parts: RunExecParts): Promise<void> {
  using upstream = upstreamOf(exchange);
  const stream = randomUUID();
  const recorded = parts.recordsStdin() ? (['up', 'down'] as const) : (['down'] as const);
  const recording = await parts.recordings.open(recordedSession(exchange, stream, recorded));
  await new RunningExec({ ...parts, exchange, upstream, stream, recorded, recording }).run();
}
