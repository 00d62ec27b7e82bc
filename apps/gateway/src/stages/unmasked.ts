// SPDX-License-Identifier: Apache-2.0
import { queryValues } from '@countersign/kube';
import type { Approved } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { isRevealed } from '../is-revealed.ts';
import { isArchive } from '../streams/exec/is-archive.ts';

/**
 * Lets a session on whose output can be masked; an archive can't be, so it needs a permit with `@reveal`. Without a switch
 * there is no session.
 */
export function unmasked(exchange: Approved): Approved | Fault {
  if (exchange.upgrade === undefined)
    return new Fault('ERR_UPGRADE_REFUSED', 'exec and attach need WebSocket or SPDY/3.1, over HTTP/1.1');
  const command = queryValues(exchange.request.query, 'command');
  return isArchive(command) && !isRevealed(exchange.made.decision) ? new Fault('ERR_SESSION_NOT_MASKABLE') : exchange;
}
