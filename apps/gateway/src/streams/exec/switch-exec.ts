// SPDX-License-Identifier: Apache-2.0
import { CallerGone } from '../../data/incoming.ts';
import type { Parsed, Upgrade } from '../../exchange.ts';
import { FrameTurns } from '../frame-turns.ts';
import { switchHeaders } from '../session.ts';
import { type ExecCaller, sessionStreams } from './exec-caller.ts';
import { firstOutputMs } from './first-output.ts';
import { SpdyCaller } from './spdy-caller.ts';
import { WebSocketCaller } from './web-socket-caller.ts';

/** An exec or attach that asks for a switch. */
export type SwitchableExec = Pick<Parsed, 'id' | 'incoming' | 'request' | 'headers' | 'allowance' | 'abort'> & {
  readonly upgrade: Upgrade;
};

/** Answers 101, and gives what speaks with the caller from then on. @throws CallerGone */
export function switchExec(exchange: SwitchableExec): ExecCaller {
  const { id, incoming, request, headers, upgrade } = exchange;
  if (!incoming.switchTo) throw new CallerGone();
  const connection = incoming.switchTo([...switchHeaders(upgrade), ['audit-id', id]]);
  const streams = sessionStreams(request);
  const turns = new FrameTurns(exchange);
  if (upgrade.offer.transport === 'spdy') return new SpdyCaller(connection, streams, turns);
  const version = upgrade.protocol.framing === 'channels-v5' ? 5 : 4;
  return new WebSocketCaller(connection, version, streams, firstOutputMs(headers.userAgent), turns);
}
