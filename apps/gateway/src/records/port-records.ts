// SPDX-License-Identifier: Apache-2.0
import type { LogRecord } from '@countersign/evidence';
import type { Exchange, MadeDecision } from '../exchange.ts';
import { decisionOf, exchangeFacts, sealedInput } from './exchange-facts.ts';

/** Why a port was decided: a connection asked for it, or other policies are in force. */
export type PortOccasion = 'port' | 'policy-epoch';

/** What has flowed to and from one port, over all of its connections. */
export interface PortTraffic {
  readonly port: number;
  readonly connections: number;
  /** From the caller. */
  readonly bytesUp: number;
  /** To the caller. */
  readonly bytesDown: number;
}

/** Durable before a connection to the port is opened upstream; a port that was refused has one too. */
export function portRecord(
  exchange: Exchange,
  stream: string,
  { port, made, occasion }: { readonly port: number; readonly made: MadeDecision; readonly occasion: PortOccasion },
): Extract<LogRecord, { type: 'stream.port' }> {
  return {
    type: 'stream.port',
    ...exchangeFacts(exchange),
    stream,
    port,
    decision: { ...decisionOf(made), occasion },
    sealed: { input: sealedInput(made) },
  };
}
