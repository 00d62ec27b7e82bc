// SPDX-License-Identifier: Apache-2.0
import { queryValues } from '@countersign/kube';
import type { Decided } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { isRefusedByPolicy } from '../is-refused-by-policy.ts';
import { isRevealed } from '../is-revealed.ts';
import { isArchive } from '../streams/exec/is-archive.ts';

/**
 * Lets a session on whose output can be masked; an archive can't be, so it needs a permit with `@reveal`. Without a switch
 * there is no session. What policy refuses is told that, and nothing else.
 */
export function unmasked(exchange: Decided): Decided | Fault {
  if (isRefusedByPolicy(exchange)) return exchange;
  if (exchange.upgrade === undefined)
    return new Fault('ERR_UPGRADE_REFUSED', 'exec and attach need WebSocket or SPDY/3.1, over HTTP/1.1');
  const command = queryValues(exchange.request.query, 'command');
  return isArchive(command) && !isRevealed(exchange.made.decision) ? new Fault('ERR_SESSION_NOT_MASKABLE') : exchange;
}
