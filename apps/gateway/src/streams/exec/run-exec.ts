// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';
import { encodeStreamStatus, type StreamStatus } from '@countersign/kube';
import type { Fault } from '../../faults.ts';
import type { Session } from '../session.ts';
import { SessionOnRecord, type SessionParts } from '../session-on-record.ts';
import { type ExecCaller, sessionStreams } from './exec-caller.ts';
import type { ExecUpstream } from './exec-upstream.ts';
import { maskedStatus, sumOf } from './masked-status.ts';
import { ExecRelay } from './relay-exec.ts';
import { SpdyUpstream } from './spdy-upstream.ts';
import { switchExec } from './switch-exec.ts';
import { FAREWELL_MS, untilLate } from './until-late.ts';
import { WebSocketUpstream } from './web-socket-upstream.ts';

/** One exec or attach, from its 101 to its end. */
class RunningExec {
  readonly #exchange: Session;
  readonly #upstream: ExecUpstream;
  readonly #onRecord: SessionOnRecord;
  readonly #relay: ExecRelay;

  constructor(exchange: Session, upstream: ExecUpstream, onRecord: SessionOnRecord) {
    const { recording, recordsUp } = onRecord;
    this.#exchange = exchange;
    this.#upstream = upstream;
    this.#onRecord = onRecord;
    this.#relay = new ExecRelay({ exchange, upstream, recording, recordsStdin: recordsUp });
  }

  /** The start is on record, and the end will be: nothing is thrown any more, and what can't be said is cut. */
  async carry(): Promise<void> {
    using relay = this.#relay;
    let caller: ExecCaller | undefined;
    let status: StreamStatus;
    try {
      caller = this.#exchange.caller ?? switchExec(this.#exchange);
      status = await this.#recordEnd(await relay.run(caller));
    } catch (error) {
      await this.#cut(this.#onRecord.faultOf(error), caller);
      return;
    }
    await this.#finish(caller, status);
  }

  /** Gives what may be told of it. @throws RecordingsError, LogError: then no end may be told */
  async #recordEnd(said: StreamStatus): Promise<StreamStatus> {
    const { recording } = this.#onRecord;
    const { outputMask } = this.#exchange;
    const { status, masked } = maskedStatus(said, outputMask && (() => outputMask('stderr')));
    const exit = status.outcome === 'failure' ? {} : { exitCode: exitCodeOf(status) };
    await Promise.all([
      recording.write({ channel: 'error', bytes: encodeStreamStatus(status) }),
      recording.close({ end: 'complete', ...exit }),
    ]);
    const { flowed } = this.#relay;
    await this.#onRecord.end({ ...flowed, masked: sumOf(flowed.masked, masked), ...exit });
    return status;
  }

  /** Its end is on record; a caller that does not hear of it is closed, and soon where the exchange is ended. */
  async #finish(caller: ExecCaller, status: StreamStatus): Promise<void> {
    // Of what it still sends nothing is taken; only what is read to its end is seen to close.
    this.#upstream[Symbol.dispose]();
    this.#relay[Symbol.dispose]();
    const told = caller.finish(status).catch(() => {
      // It is gone.
    });
    await Promise.race([told, untilLate(this.#exchange.abort.signal)]);
  }

  /** Nothing flows on; why goes on record, then to the caller. */
  async #cut(fault: Fault, caller: ExecCaller | undefined): Promise<void> {
    this.#upstream[Symbol.dispose]();
    this.#relay[Symbol.dispose]();
    const message = this.#onRecord.sentenceOf(fault);
    const isOnRecord = await this.#onRecord.cut(fault, message, () => this.#relay.flowed);
    if (!isOnRecord || !caller || fault.code === 'ERR_CALLER_GONE') return;
    // The sentence that its terminal shows.
    const told = caller.finish({ outcome: 'failure', reason: fault.row.reason, message }).catch(() => {});
    await Promise.race([told, delay(FAREWELL_MS, undefined, { ref: false })]);
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
export async function runExec(exchange: Session, parts: SessionParts): Promise<void> {
  using upstream = upstreamOf(exchange);
  const onRecord = new SessionOnRecord(exchange, parts);
  const running = new RunningExec(exchange, upstream, onRecord);
  await onRecord.carry(() => running.carry());
}
