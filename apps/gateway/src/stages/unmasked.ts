// SPDX-License-Identifier: Apache-2.0
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';

/** Lets a session on whose bytes nothing masks, if a permit with `@reveal` decided; without a switch there is none. */
export function unmasked(exchange: Decided): Decided | Fault {
  if (exchange.upgrade === undefined)
    return new Fault('ERR_UPGRADE_REFUSED', 'exec and attach need WebSocket or SPDY/3.1, over HTTP/1.1');
  const { decision } = exchange.made;
  return decision.effect === 'allow' && decision.reveal ? exchange : new Fault('ERR_SESSION_NOT_MASKABLE');
}
