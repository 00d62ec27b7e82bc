// SPDX-License-Identifier: Apache-2.0
import {
  chooseStreamProtocol,
  KubeError,
  type KubeRequest,
  type Lane,
  laneOf,
  maxForwardedPorts,
  parseRequest,
  parseUpgradeOffer,
} from '@countersign/kube';
import { queryPorts } from '@countersign/policy';
import type { Admitted, Parsed, Upgrade } from '../exchange.ts';
import { Fault } from '../faults.ts';
import type { RefusedUpgrades } from '../streams/refused-upgrades.ts';

/** Why the ports of a query are none for a protocol that has no others. */
function portsProblem(request: KubeRequest, { protocol }: Upgrade): string | undefined {
  if (protocol.framing !== 'port-channels') return undefined;
  const ports = queryPorts({ request });
  const areProper = ports.every((port) => port >= 1 && port <= 65_535);
  if (ports.length > 0 && ports.length <= maxForwardedPorts && areProper) return undefined;
  return `${protocol.name} needs 1 to ${maxForwardedPorts} ports in its query`;
}

/** Reads what the connection is to switch to; nothing but a session may ask for that. */
function upgradeOf({ incoming, headers }: Admitted, lane: Lane, request: KubeRequest): Upgrade | undefined | Fault {
  if (headers.upgrade === undefined) return undefined;
  if (lane !== 'exec' && lane !== 'portforward') return new Fault('ERR_UPGRADE_UNSUPPORTED');
  if (incoming.switchTo === undefined) return new Fault('ERR_UPGRADE_REFUSED', 'Connection does not say Upgrade');
  if (incoming.hasBody) return new Fault('ERR_UPGRADE_REFUSED', 'it has a body');
  try {
    const offer = parseUpgradeOffer(incoming.method, incoming.headers);
    const upgrade = { offer, protocol: chooseStreamProtocol(lane, offer) };
    const problem = portsProblem(request, upgrade);
    return problem === undefined ? upgrade : new Fault('ERR_UPGRADE_REFUSED', problem);
  } catch (cause) {
    if (!(cause instanceof KubeError)) throw cause;
    return new Fault('ERR_UPGRADE_REFUSED', cause.message, { cause });
  }
}

/** Reads the target as the API server would, once: what is judged from here on is what is sent. */
export function parse(refused: RefusedUpgrades): (exchange: Admitted) => Parsed | Fault {
  return (exchange) => {
    const parsed = parseOne(exchange);
    return parsed instanceof Fault ? parsed : { ...parsed, retryOf: refused.firstOf(parsed) };
  };
}

function parseOne(exchange: Admitted): Omit<Parsed, 'retryOf'> | Fault {
  const request = parseRequest(exchange.incoming.method, exchange.target);
  const lane = laneOf(request);
  if (lane === undefined) {
    const what =
      request.kind === 'resource' ? `${request.verb} ${request.resource}/${request.subresource}` : request.path;
    return new Fault('ERR_NO_LANE', what.replace(/\/$/, ''));
  }
  const upgrade = upgradeOf(exchange, lane, request);
  if (upgrade instanceof Fault) return upgrade;
  return { ...exchange, request, lane, upgrade };
}
