// SPDX-License-Identifier: Apache-2.0
import { createHash, randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { KubeError, type StreamStatus, webSocketAccept } from '@countersign/kube';
import { CallerGone } from '../../data/incoming.ts';
import type { Masked, Upgrade } from '../../exchange.ts';
import { Fault, type FaultCode } from '../../faults.ts';
import type { Log } from '../../log/log.ts';
import { LogError } from '../../log/log-error.ts';
import { outcomeRecord } from '../../records/answer-records.ts';
import { type StreamEnd, streamEndRecord, streamStartRecord } from '../../records/stream-records.ts';
import type { HeaderLines } from '../../tunnel/clusters.ts';
import { type ExecCaller, sessionStreams } from './exec-caller.ts';
import { ExecUpstream } from './exec-upstream.ts';
import { SpdyCaller } from './spdy-caller.ts';
import { WebSocketCaller } from './web-socket-caller.ts';

/** How long a caller may take to hear why it was ended; one that does not read is closed all the same. */
const FAREWELL_MS = 500;
/** What is left to send of a session that came to its end may take longer. */
const FINISH_MS = 30_000;

export interface RunExecParts {
  readonly log: Log;
  readonly now: () => Date;
  readonly faultOf: (error: unknown) => Fault;
}

/** A session that was let through: both sides have agreed to switch. */
type Session = Masked & { readonly upstream: Duplex; readonly upgrade: Upgrade };

export function isSession(exchange: Masked): exchange is Session {
  return exchange.upstream !== undefined && exchange.upgrade !== undefined;
}

/** A side whose bytes can't be read is at fault for it, whichever code they are refused with. */
function blaming(code: FaultCode, error: unknown): unknown {
  return error instanceof KubeError ? new Fault(code, error.message, { cause: error }) : error;
}

/** One exec or attach, from its 101 to its end. */
class RunningExec {
  readonly #exchange: Session;
  readonly #parts: RunExecParts;
  readonly #stream = randomUUID();
  readonly #upstream: ExecUpstream;
  #bytesUp = 0;
  #bytesDown = 0;

  constructor(exchange: Session, parts: RunExecParts) {
    this.#exchange = exchange;
    this.#parts = parts;
    this.#upstream = new ExecUpstream(exchange.upstream);
  }

  async run(): Promise<void> {
    const { incoming, upgrade, abort } = this.#exchange;
    using _ = this.#upstream;
    const start = streamStartRecord(this.#exchange, this.#stream, upgrade.protocol.name);
    const outcome = outcomeRecord(this.#exchange, undefined, undefined, this.#parts.now());
    await this.#parts.log.append([outcome, start]);
    // What flows on while nothing can be recorded would have no end on record.
    const unwatchLog = this.#parts.log.onState(({ state }) => {
      if (state === 'failed') abort.abort(new Fault('ERR_LOG_FAILED'));
    });
    try {
      await this.#carry();
    } finally {
      unwatchLog();
      incoming.reply.cut();
    }
  }

  /** From here on the end is on record: nothing is thrown any more, and what can't be said is cut. */
  async #carry(): Promise<void> {
    let caller: ExecCaller | undefined;
    try {
      caller = this.#switch();
      const status = await this.#relay(caller);
      await this.#record({ ...(status.outcome === 'failure' ? {} : { exitCode: exitCodeOf(status) }) });
      await Promise.race([caller.finish(status), delay(FINISH_MS, undefined, { ref: false })]);
    } catch (error) {
      const { signal } = this.#exchange.abort;
      const fault = this.#parts.faultOf(signal.aborted ? signal.reason : error);
      this.#upstream[Symbol.dispose]();
      const isOnRecord = await this.#recordCut(fault);
      if (isOnRecord && caller && fault.code !== 'ERR_CALLER_GONE') await this.#tell(caller, fault);
    }
  }

  #switch(): ExecCaller {
    const { incoming, request, upgrade, id } = this.#exchange;
    if (!incoming.switchTo) throw new CallerGone();
    const connection = incoming.switchTo([...answerHeaders(upgrade), ['audit-id', id]]);
    const streams = sessionStreams(request);
    if (upgrade.offer.transport === 'spdy') return new SpdyCaller(connection, streams);
    return new WebSocketCaller(connection, upgrade.protocol.framing === 'channels-v5' ? 5 : 4, streams);
  }

  /** Resolves with how the command ended; rejects as soon as either side fails, or the exchange is ended. */
  async #relay(caller: ExecCaller): Promise<StreamStatus> {
    const { signal } = this.#exchange.abort;
    const stop = Promise.withResolvers<never>();
    const onAbort = () => stop.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const up = this.#relayUp(caller);
    const down = this.#relayDown(caller);
    // The one that loses the race fails when its connection is closed.
    for (const each of [up, down, stop.promise]) each.catch(() => {});
    try {
      return await Promise.race([down, up, stop.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #relayUp(caller: ExecCaller): Promise<never> {
    const { allowance, abort } = this.#exchange;
    try {
      for await (const input of caller.inputs()) {
        if (input.type === 'stdin') {
          this.#bytesUp += input.data.length;
          allowance.spend(input.data.length);
          await allowance.hasBytes(abort.signal);
        }
        await this.#send(input);
      }
    } catch (error) {
      throw blaming('ERR_STREAM_MALFORMED', error);
    }
    throw new CallerGone();
  }

  /** Upstream may have ended while there is still input for it; how it ended is told by what came out of it. */
  async #send(input: Parameters<ExecUpstream['send']>[0]): Promise<void> {
    try {
      await this.#upstream.send(input);
    } catch (error) {
      if (!(error instanceof CallerGone)) throw error;
    }
  }

  async #relayDown(caller: ExecCaller): Promise<StreamStatus> {
    const { allowance, abort } = this.#exchange;
    let status: StreamStatus | undefined;
    try {
      for await (const { channel, data } of this.#upstream.outputs()) {
        this.#bytesDown += data.length;
        allowance.spend(data.length);
        await allowance.hasBytes(abort.signal);
        await this.#deliver(caller, channel, data);
      }
      status = this.#upstream.status();
    } catch (error) {
      throw blaming('ERR_ANSWER_MALFORMED', error);
    }
    // Clients take silence for success.
    if (status === undefined) throw new Fault('ERR_UPSTREAM_LOST');
    return status;
  }

  async #deliver(caller: ExecCaller, channel: 'stdout' | 'stderr', data: Uint8Array): Promise<void> {
    try {
      await caller.output(channel, data);
    } catch (error) {
      throw blaming('ERR_STREAM_MALFORMED', error);
    }
  }

  async #record(end: Pick<StreamEnd, 'exitCode' | 'cutBy'>): Promise<void> {
    const flowed = { bytesUp: this.#bytesUp, bytesDown: this.#bytesDown };
    await this.#parts.log.append([streamEndRecord(this.#exchange, this.#stream, { ...flowed, ...end })]);
  }

  /** False when that can't be recorded; the log says so itself, and a recovery will end the stream. */
  async #recordCut(fault: Fault): Promise<boolean> {
    try {
      await this.#record({ cutBy: fault });
      return true;
    } catch (error) {
      if (error instanceof LogError) return false;
      throw error;
    }
  }

  /** The sentence that its terminal shows. */
  async #tell(caller: ExecCaller, fault: Fault): Promise<void> {
    const message = `${fault.message} (request ${this.#exchange.id})`;
    const told = caller.finish({ outcome: 'failure', reason: fault.row.reason, message }).catch(() => {});
    await Promise.race([told, delay(FAREWELL_MS, undefined, { ref: false })]);
  }
}

function exitCodeOf(status: Exclude<StreamStatus, { outcome: 'failure' }>): number {
  return status.outcome === 'success' ? 0 : status.exitCode;
}

function answerHeaders({ offer, protocol }: Upgrade): HeaderLines {
  if (offer.transport === 'spdy') {
    return [
      ['connection', 'Upgrade'],
      ['upgrade', 'SPDY/3.1'],
      ['x-stream-protocol-version', protocol.name],
    ];
  }
  const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest();
  return [
    ['connection', 'Upgrade'],
    ['upgrade', 'websocket'],
    ['sec-websocket-accept', webSocketAccept(offer.key, sha1)],
    ['sec-websocket-protocol', protocol.name],
  ];
}

/**
 * Carries a session: its start durable before the caller's connection is switched, every byte parsed and written anew,
 * its end durable before it is signalled. Rejects only as long as nothing is switched.
 */
export function runExec(exchange: Session, parts: RunExecParts): Promise<void> {
  return new RunningExec(exchange, parts).run();
}
