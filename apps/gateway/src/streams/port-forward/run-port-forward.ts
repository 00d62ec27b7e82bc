// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';
import { queryPorts } from '@countersign/policy';
import { CallerGone } from '../../data/incoming.ts';
import type { Fault } from '../../faults.ts';
import type { ActiveGrants } from '../../grants/active-grants.ts';
import type { PolicyStore } from '../../policies/policy-store.ts';
import { FrameTurns } from '../frame-turns.ts';
import { Masks } from '../masks.ts';
import { type Session, switchHeaders } from '../session.ts';
import { SessionOnRecord, type SessionParts } from '../session-on-record.ts';
import { type ByteLink, plainLink, webSocketLink } from './byte-link.ts';
import { ChannelForwardCaller } from './channel-forward-caller.ts';
import type { ForwardCaller } from './forward-caller.ts';
import { PortGate } from './port-gate.ts';
import { PortRelay } from './port-relay.ts';
import { SpdyForwardCaller } from './spdy-forward-caller.ts';
import { SpdyForwardUpstream } from './spdy-forward-upstream.ts';

/** How long either side may take to hear that it is over; one that does not read is closed all the same. */
const FAREWELL_MS = 500;
/** A kubectl that sees its connection close before it has printed what was said on a stream prints nothing of it. */
const LISTENING_MS = 400;

export interface RunPortForwardParts extends SessionParts {
  readonly policies: PolicyStore;
  readonly grants: ActiveGrants;
}

/** One port-forward, from its 101 to its end. */
class RunningPortForward {
  readonly #exchange: Session;
  readonly #upstream: SpdyForwardUpstream;
  readonly #onRecord: SessionOnRecord;
  readonly #gate: PortGate;
  #caller: ForwardCaller | undefined;
  #relay: PortRelay | undefined;

  constructor(exchange: Session, upstream: SpdyForwardUpstream, onRecord: SessionOnRecord, parts: RunPortForwardParts) {
    this.#exchange = exchange;
    this.#upstream = upstream;
    this.#onRecord = onRecord;
    const onClosed = (port: number, fault: Fault) => this.#relay?.closePort(port, fault);
    this.#gate = new PortGate(exchange, onRecord.stream, { ...parts, onClosed });
  }

  /** The start is on record, and the end will be: nothing is thrown any more, and what can't be said is cut. */
  async carry(): Promise<void> {
    try {
      // Behind its end no port is decided again.
      await this.#switch()
        .run()
        .finally(() => this.#gate.close());
      await this.#onRecord.recording.close({ end: 'complete' });
      await this.#onRecord.end(this.#flowed());
      await this.#farewell();
    } catch (error) {
      await this.#cut(this.#onRecord.faultOf(error));
    } finally {
      this.#exchange.upstream.destroy();
    }
  }

  #switch(): PortRelay {
    const { incoming, upgrade, id, made } = this.#exchange;
    const { recording, recordsUp } = this.#onRecord;
    if (!incoming.switchTo) throw new CallerGone();
    const connection = incoming.switchTo([...switchHeaders(upgrade), ['audit-id', id]]);
    const { framing } = upgrade.protocol;
    const turns = new FrameTurns(this.#exchange);
    const link =
      framing === 'spdy' ? plainLink(connection) : webSocketLink(connection, 'client', () => undefined, turns);
    const isOldest = framing === 'port-channels';
    const caller = isOldest
      ? new ChannelForwardCaller(connection, queryPorts(made.input), turns)
      : new SpdyForwardCaller(link, turns);
    this.#caller = caller;
    this.#relay = new PortRelay({
      exchange: this.#exchange,
      upstream: this.#upstream,
      caller,
      gate: this.#gate,
      recording,
      recordsUp,
      endsWithConnections: isOldest,
      sentenceOf: (fault) => this.#onRecord.sentenceOf(fault),
    });
    return this.#relay;
  }

  /** Nothing flows on; why goes on record, then to the caller. */
  async #cut(fault: Fault): Promise<void> {
    this.#exchange.upstream.destroy();
    this.#relay?.[Symbol.dispose]();
    const notice = `${this.#onRecord.sentenceOf(fault)}\n`;
    const isOnRecord = await this.#onRecord.cut(fault, notice, () => this.#flowed());
    if (isOnRecord && fault.code !== 'ERR_CALLER_GONE') await this.#farewell(fault);
  }

  #flowed() {
    const ports = this.#relay?.traffic ?? [];
    const sumOf = (which: 'bytesUp' | 'bytesDown') => ports.reduce((sum, port) => sum + port[which], 0);
    return { bytesUp: sumOf('bytesUp'), bytesDown: sumOf('bytesDown'), ports, masked: {} };
  }

  /** Closes both sides in order, with a sentence on each connection that is still there. */
  async #farewell(fault?: Fault): Promise<void> {
    const toCaller = async () => {
      const isTold = fault !== undefined && (await this.#relay?.tell(fault)) === true;
      if (isTold) await this.#untilGone();
      await this.#caller?.finish();
    };
    const said = Promise.allSettled([toCaller(), this.#upstream.leave()]);
    await Promise.race([said, delay(FAREWELL_MS, undefined, { ref: false })]);
  }

  async #untilGone(): Promise<void> {
    const { gone } = this.#exchange.incoming;
    if (!gone.aborted) await delay(LISTENING_MS, undefined, { ref: false, signal: gone }).catch(() => {});
  }
}

function upstreamLink({ upstream, upstreamTransport }: Session): ByteLink {
  if (upstreamTransport === 'spdy') return plainLink(upstream);
  const masks = new Masks();
  return webSocketLink(upstream, 'server', () => masks.next(), new FrameTurns());
}

/**
 * Carries a port-forward: its start durable before the caller's connection is switched, each port decided before the pod
 * hears of it, every byte parsed, recorded and written anew, its end durable before it is signalled. Rejects only as long
 * as nothing is switched.
 */
export async function runPortForward(exchange: Session, parts: RunPortForwardParts): Promise<void> {
  using upstream = new SpdyForwardUpstream(upstreamLink(exchange));
  const onRecord = new SessionOnRecord(exchange, parts);
  const running = new RunningPortForward(exchange, upstream, onRecord, parts);
  await onRecord.carry(() => running.carry());
}
