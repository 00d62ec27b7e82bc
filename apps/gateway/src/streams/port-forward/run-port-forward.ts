// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { queryPorts } from '@countersign/policy';
import { CallerGone } from '../../data/incoming.ts';
import { Fault } from '../../faults.ts';
import type { Log } from '../../log/log.ts';
import { LogError } from '../../log/log-error.ts';
import type { PolicyStore } from '../../policies/policy-store.ts';
import type { OpenRecording } from '../../recordings/open-recording.ts';
import type { Recordings } from '../../recordings/recordings.ts';
import { outcomeRecord } from '../../records/answer-records.ts';
import { streamEndRecord, streamStartRecord } from '../../records/stream-records.ts';
import { Masks } from '../masks.ts';
import { type Session, switchHeaders } from '../session.ts';
import { type ByteLink, plainLink, webSocketLink } from './byte-link.ts';
import { ChannelForwardCaller } from './channel-forward-caller.ts';
import type { ForwardCaller } from './forward-caller.ts';
import { PortGate } from './port-gate.ts';
import { PortRelay } from './port-relay.ts';
import { recordedPortForward } from './recorded-port-forward.ts';
import { SpdyForwardCaller } from './spdy-forward-caller.ts';
import { SpdyForwardUpstream } from './spdy-forward-upstream.ts';

/** How long the end of what is cut may take to go on record; a caller waits no longer for a disk that does not answer. */
const RECORD_MS = 500;
/** How long either side may take to hear that it is over; one that does not read is closed all the same. */
const FAREWELL_MS = 500;
/** A kubectl that sees its connection close before it has printed what was said on a stream prints nothing of it. */
const LISTENING_MS = 400;

export interface RunPortForwardParts {
  readonly log: Log;
  readonly policies: PolicyStore;
  readonly recordings: Pick<Recordings, 'open'>;
  /** Whether what callers send is recorded, as it is configured now. */
  readonly recordsStdin: () => boolean;
  readonly now: () => Date;
  readonly faultOf: (error: unknown) => Fault;
}

interface RunningPortForwardParts extends RunPortForwardParts {
  readonly exchange: Session;
  readonly upstream: SpdyForwardUpstream;
  readonly stream: string;
  readonly recorded: readonly ('up' | 'down')[];
  readonly recording: OpenRecording;
}

/** One port-forward, from its 101 to its end. */
class RunningPortForward {
  readonly #parts: RunningPortForwardParts;
  readonly #gate: PortGate;
  #caller: ForwardCaller | undefined;
  #relay: PortRelay | undefined;

  constructor(parts: RunningPortForwardParts) {
    const { exchange, stream } = parts;
    this.#parts = parts;
    const onClosed = (port: number, fault: Fault) => this.#relay?.closePort(port, fault);
    this.#gate = new PortGate(exchange, stream, { ...parts, onClosed });
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
      this.#gate.close();
      exchange.upstream.destroy();
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
    try {
      await this.#switch().run();
      await this.#parts.recording.close({ end: 'complete' });
      await this.#record();
      await this.#farewell();
    } catch (error) {
      const { signal } = this.#parts.exchange.abort;
      await this.#cut(this.#parts.faultOf(signal.aborted ? signal.reason : error));
    }
  }

  #switch(): PortRelay {
    const { exchange, recorded } = this.#parts;
    const { incoming, upgrade, id, made } = exchange;
    if (!incoming.switchTo) throw new CallerGone();
    const connection = incoming.switchTo([...switchHeaders(upgrade), ['audit-id', id]]);
    const { framing } = upgrade.protocol;
    const link = framing === 'spdy' ? plainLink(connection) : webSocketLink(connection, 'client', () => undefined);
    const isOldest = framing === 'port-channels';
    const caller = isOldest
      ? new ChannelForwardCaller(connection, queryPorts(made.input))
      : new SpdyForwardCaller(link);
    this.#caller = caller;
    this.#relay = new PortRelay({
      ...this.#parts,
      caller,
      gate: this.#gate,
      recordsUp: recorded.includes('up'),
      endsWithConnections: isOldest,
      sentenceOf: (fault) => this.#sentenceOf(fault),
    });
    return this.#relay;
  }

  /** Nothing flows on; why goes on record, then to the caller. */
  async #cut(fault: Fault): Promise<void> {
    const { exchange } = this.#parts;
    exchange.upstream.destroy();
    this.#relay?.[Symbol.dispose]();
    const late = setTimeout(() => exchange.incoming.reply.cut(), RECORD_MS).unref();
    const isOnRecord = await this.#recordCut(fault);
    clearTimeout(late);
    if (isOnRecord && fault.code !== 'ERR_CALLER_GONE') await this.#farewell(fault);
  }

  /** False when that can't be recorded; the log says so itself, and a recovery will end the stream. */
  async #recordCut(fault: Fault): Promise<boolean> {
    const { recording } = this.#parts;
    try {
      // Where it can't be written any more, the recording's end says why.
      const notice = Buffer.from(`${this.#sentenceOf(fault)}\n`);
      const noted = recording.write({ channel: 'notice', bytes: notice }).catch(() => undefined);
      await Promise.all([noted, recording.close({ end: 'cut', reason: fault.code })]);
      await this.#record(fault);
      return true;
    } catch (error) {
      if (error instanceof LogError) return false;
      throw error;
    }
  }

  async #record(cutBy?: Fault): Promise<void> {
    const { exchange, stream, log } = this.#parts;
    const ports = this.#relay?.traffic ?? [];
    const sumOf = (which: 'bytesUp' | 'bytesDown') => ports.reduce((sum, port) => sum + port[which], 0);
    const flowed = { bytesUp: sumOf('bytesUp'), bytesDown: sumOf('bytesDown'), ports, masked: {} };
    await log.append([streamEndRecord(exchange, stream, { ...flowed, ...(cutBy ? { cutBy } : {}) })]);
  }

  /** Closes both sides in order, with a sentence on each connection that is still there. */
  async #farewell(fault?: Fault): Promise<void> {
    const toCaller = async () => {
      const isTold = fault !== undefined && (await this.#relay?.tell(fault)) === true;
      if (isTold) await this.#untilGone();
      await this.#caller?.finish();
    };
    const said = Promise.allSettled([toCaller(), this.#parts.upstream.leave()]);
    await Promise.race([said, delay(FAREWELL_MS, undefined, { ref: false })]);
  }

  async #untilGone(): Promise<void> {
    const { gone } = this.#parts.exchange.incoming;
    if (!gone.aborted) await delay(LISTENING_MS, undefined, { ref: false, signal: gone }).catch(() => {});
  }

  #sentenceOf({ message }: Fault): string {
    return `${message} (request ${this.#parts.exchange.id})`;
  }
}

function upstreamLink({ upstream, upstreamTransport }: Session): ByteLink {
  if (upstreamTransport === 'spdy') return plainLink(upstream);
  const masks = new Masks();
  return webSocketLink(upstream, 'server', () => masks.next());
}

/**
 * Carries a port-forward: its start durable before the caller's connection is switched, each port decided before the pod
 * hears of it, every byte parsed, recorded and written anew, its end durable before it is signalled. Rejects only as long
 * as nothing is switched.
 */
export async function runPortForward(exchange: Session, parts: RunPortForwardParts): Promise<void> {
  using upstream = new SpdyForwardUpstream(upstreamLink(exchange));
  const stream = randomUUID();
  const recorded = parts.recordsStdin() ? (['up', 'down'] as const) : (['down'] as const);
  const recording = await parts.recordings.open(recordedPortForward(exchange, stream, recorded));
  await new RunningPortForward({ ...parts, exchange, upstream, stream, recorded, recording }).run();
}
