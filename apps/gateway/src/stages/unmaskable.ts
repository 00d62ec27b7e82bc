// SPDX-License-Identifier: Apache-2.0
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { isRefusedByPolicy } from '../is-refused-by-policy.ts';
import { isRevealed } from '../is-revealed.ts';

/**
 * Lets a port-forward on, whose bytes nothing can mask, if a permit with `@reveal` decided; without a switch there is none.
 * What policy refuses is told that, and nothing else.
 */
export function unmaskable(exchange: Decided): Decided | Fault {
  if (isRefusedByPolicy(exchange)) return exchange;
  if (exchange.upgrade === undefined)
    return new Fault('ERR_UPGRADE_REFUSED', 'port-forward needs WebSocket or SPDY/3.1, over HTTP/1.1');
  return isRevealed(exchange.made.decision) ? exchange : new Fault('ERR_FORWARD_NOT_MASKABLE');
}
