// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from 'node:timers/promises';
import { TUNNEL_HEADERS, TUNNEL_PATHS, TUNNEL_UPGRADE, TUNNEL_VERSION } from '@countersign/wire';
import { fullJitter } from './backoff.ts';
import { ConnectorError } from './connector-error.ts';
import type { ConnectorEvent } from './connector-event.ts';
import { dialGateway } from './dial.ts';
import type { GatewayAddress } from './gateway-address.ts';
import { askGateway, isFinal } from './gateway-request.ts';
import type { Identity } from './identity.ts';
import { type ServedTunnel, serveTunnel } from './serve-tunnel.ts';
import type { ApiServer } from './upstream/api-server.ts';

/** A tunnel that lived this long was a good one: the next dial waits the shortest time there is. */
const STABLE_MS = 10_000;

/** What a link works with. */
export interface LinkParts {
  readonly address: GatewayAddress;
  readonly api: ApiServer;
  readonly version: string;
  /** The identity of this moment: each dial uses the newest. */
  readonly identity: () => Identity;
  readonly random: () => number;
  readonly now: () => Date;
  readonly report: (event: ConnectorEvent) => void;
  /** Hears of every request that got no answer from the API server. */
  readonly failed: (error: unknown) => void;
  /** Aborting ends the link once its tunnel is gone. */
  readonly signal: AbortSignal;
}

/** The lasting connection to one gateway: at most one tunnel at a time, but for a change of certificates. */
export interface GatewayLink {
  readonly isConnected: boolean;
  /** Dials again with the newest identity; the present tunnel finishes what it has once the new one stands. */
  renew(): void;
  /** Lets tunnels finish what they have. */
  drain(): void;
  /** Cuts them. */
  cut(): void;
  /** Resolves when the link is over: aborted, or with an error that a new dial can't mend. */
  readonly over: Promise<ConnectorError | undefined>;
}

/** Dials a gateway and dials again, with full jitter, whenever the tunnel is lost. */
export function linkGateway(parts: LinkParts): GatewayLink {
  const tunnels = new Set<ServedTunnel>();
  let current: ServedTunnel | undefined;
  let onLost = (): void => {};
  const open = async (): Promise<void> => {
    const tunnel = await openTunnel(parts);
    const old = current;
    current = tunnel;
    tunnels.add(tunnel);
    void tunnel.ended.then((reason) => {
      tunnels.delete(tunnel);
      parts.report({ event: 'disconnected', gateway: parts.address.text, reason });
      if (current === tunnel) onLost();
    });
    old?.drain();
    if (parts.signal.aborted) tunnel.drain();
  };
  /** Resolves when the tunnel it opened, or the one that took its place, is gone. */
  const openAndWait = (): Promise<ConnectorError | undefined> =>
    new Promise((resolve) => {
      onLost = () => resolve(undefined);
      open().catch((error: unknown) => {
        reportFailure(parts, 'connect-failed', error);
        resolve(isFinal(error) ? (error as ConnectorError) : undefined);
      });
    });
  const keep = async (): Promise<ConnectorError | undefined> => {
    for (let attempt = 0; !parts.signal.aborted; attempt += 1) {
      const since = parts.now().getTime();
      const final = await openAndWait();
      current = undefined;
      if (final) return final;
      if (parts.now().getTime() - since > STABLE_MS) attempt = 0;
      await wait(fullJitter(attempt, parts.random), undefined, { signal: parts.signal }).catch(() => {});
    }
    return undefined;
  };
  return {
    over: keep(),
    get isConnected() {
      return current !== undefined;
    },
    renew() {
      if (!current || parts.signal.aborted) return;
      open().catch((error: unknown) => reportFailure(parts, 'connect-failed', error));
    },
    drain() {
      for (const tunnel of tunnels) tunnel.drain();
    },
    cut() {
      for (const tunnel of tunnels) tunnel.end();
    },
  };
}

async function openTunnel(parts: LinkParts): Promise<ServedTunnel> {
  const identity = parts.identity();
  const socket = await dialGateway(parts.address, identity.ca, identity);
  const answer = await askGateway(socket, {
    method: 'GET',
    path: TUNNEL_PATHS.tunnel,
    headers: {
      connection: 'upgrade',
      upgrade: TUNNEL_UPGRADE,
      [TUNNEL_HEADERS.version]: String(TUNNEL_VERSION),
      [TUNNEL_HEADERS.connectorVersion]: parts.version,
    },
  });
  if (!answer.switched || answer.headers[TUNNEL_HEADERS.version] !== String(TUNNEL_VERSION)) {
    socket.destroy();
    throw new ConnectorError(
      'ERR_CONNECTOR_GATEWAY_PROTOCOL',
      `${parts.address.text} did not open a tunnel of version 1`,
    );
  }
  const tunnel = await serveTunnel(answer.socket, parts.api, parts.failed);
  const gatewayId = String(answer.headers[TUNNEL_HEADERS.gateway] ?? '').slice(0, 64);
  parts.report({ event: 'connected', gateway: parts.address.text, gatewayId });
  return tunnel;
}

/** Tells of something that failed and will be tried again. */
export function reportFailure(
  parts: Pick<LinkParts, 'address' | 'report'>,
  event: 'connect-failed' | 'renew-failed',
  error: unknown,
): void {
  const known = error instanceof ConnectorError;
  parts.report({
    event,
    gateway: parts.address.text,
    code: known ? error.code : 'unexpected',
    message: known ? error.message : 'an unexpected error; see the code',
  });
}
