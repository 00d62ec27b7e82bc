// SPDX-License-Identifier: Apache-2.0
import { chooseStreamProtocol, KubeError, type Lane, laneOf, parseRequest, parseUpgradeOffer } from '@countersign/kube';
import type { Admitted, Parsed, Upgrade } from '../exchange.ts';
import { Fault } from '../faults.ts';

/** Reads what the connection is to switch to; nothing but a session may ask for that. */
function upgradeOf({ incoming, headers }: Admitted, lane: Lane): Upgrade | undefined | Fault {
  if (headers.upgrade === undefined) return undefined;
  if (lane !== 'exec') return new Fault('ERR_UPGRADE_UNSUPPORTED');
  if (incoming.switchTo === undefined) return new Fault('ERR_UPGRADE_REFUSED', 'Connection does not say Upgrade');
  if (incoming.hasBody) return new Fault('ERR_UPGRADE_REFUSED', 'it has a body');
  try {
    const offer = parseUpgradeOffer(incoming.method, incoming.headers);
    return { offer, protocol: chooseStreamProtocol(lane, offer) };
  } catch (cause) {
    if (!(cause instanceof KubeError)) throw cause;
    return new Fault('ERR_UPGRADE_REFUSED', cause.message, { cause });
  }
}

/** Reads the target as the API server would, once: what is judged from here on is what is sent. */
export function parse(exchange: Admitted): Parsed | Fault {
  const request = parseRequest(exchange.incoming.method, exchange.target);
  const lane = laneOf(request);
  if (lane === undefined) {
    const what =
      request.kind === 'resource' ? `${request.verb} ${request.resource}/${request.subresource}` : request.path;
    return new Fault('ERR_NO_LANE', what.replace(/\/$/, ''));
  }
  const upgrade = upgradeOf(exchange, lane);
  if (upgrade instanceof Fault) return upgrade;
  return { ...exchange, request, lane, upgrade };
}
