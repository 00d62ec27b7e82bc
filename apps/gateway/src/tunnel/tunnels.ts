// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { TunnelRefusalCode } from '@countersign/wire';
import { refusalLimit } from '../limits/refusal-limit.ts';
import { everyDocument } from '../store/every-document.ts';
import type { Store } from '../store/store.ts';
import { openCertificateAuthority } from './certificate-authority.ts';
import type { Clusters } from './clusters.ts';
import type { EnrolmentOffice } from './enrolment.ts';
import { newJoinToken, voidJoinTokens } from './join-token.ts';
import { createTunnelServer } from './listener.ts';
import { type TunnelRegistry, tunnelRegistry } from './registry.ts';
import { assertStanding } from './standing.ts';
import { forgetExpired } from './sweep.ts';
import type { Tunnel } from './tunnel.ts';
import { TunnelRefusedError } from './tunnel-error.ts';
import type { TunnelEnd, TunnelEvent } from './tunnel-event.ts';

const DEFAULT_CERTIFICATE_LIFE_MS = 24 * 3_600_000;
const DEFAULT_TOKEN_LIFE_MS = 15 * 60_000;
const DEFAULT_REFUSALS = { burst: 20, perMinute: 30 } as const;
const MAX_TUNNELS = 1_024;
const STANDING_INTERVAL_MS = 500;
/**
 * Longer than other parts take to hear of what ends a cluster: its exchanges end by that first, so callers and the log
 * have the reason, and not a connector that was lost.
 */
const EXCHANGES_FIRST_MS = 300;

/** How the tunnel listener is set up. */
export interface TunnelsOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Names for the serving certificate beside the one that connectors check. */
  readonly hostnames: readonly string[];
  readonly gatewayId: string;
  readonly store: Store;
  readonly now: () => Date;
  /** Resolves when the event is on record: until then nobody gets a certificate, and no tunnel is used. */
  readonly record: (event: TunnelEvent) => Promise<void>;
  /** Refusals that one certificate, or one address without one, may have at once and per minute after; default 20 and 30. */
  readonly refusals?: { readonly burst: number; readonly perMinute: number };
  /** Default 24 h; connectors renew after two thirds. */
  readonly certificateLifeMs?: number;
}

/** The tunnel listener and the clusters behind it. */
export interface Tunnels extends Clusters {
  readonly port: number;
  /** PEM, for connectors: what they trust. */
  readonly caCertificate: string;
  /** SHA-256 of its DER form in hex: trust for connectors that get no file. */
  readonly caFingerprint: string;
  /** A single-use join token, good for 15 minutes unless said otherwise. */
  issueJoinToken(cluster: string, lifeMs?: number): Promise<string>;
  /** Revokes a certificate for good and cuts its tunnels. False when there is no such certificate. */
  revoke(serial: string): Promise<boolean>;
  /** Revokes all certificates of a cluster's connectors, and cuts its tunnels. */
  revokeAll(cluster: string): Promise<void>;
  /** Lets nobody enrol with what is left of a cluster's join tokens. */
  voidJoinTokens(cluster: string): Promise<void>;
  /** Cuts the tunnels of a connector that has been locked; returns how many requests were under way in them. */
  cutLocked(connector: string): number;
  /** Takes no more tunnels, lets what is under way finish for `graceMs`, then cuts the rest. */
  close(graceMs: number): Promise<void>;
}

/** Opens the tunnel listener. */
export async function openTunnels(options: TunnelsOptions): Promise<Tunnels> {
  const { store, now } = options;
  const authority = await openCertificateAuthority(store.keys, now());
  await forgetExpired(store, now());
  const registry = tunnelRegistry();
  const inUse = new Set<Promise<void>>();
  let closing = false;
  const office: EnrolmentOffice = {
    store,
    authority,
    now,
    record: options.record,
    certificateLifeMs: options.certificateLifeMs ?? DEFAULT_CERTIFICATE_LIFE_MS,
  };
  const server = createTunnelServer({
    office,
    gatewayId: options.gatewayId,
    serverIdentity: await authority.issueServer(options.hostnames, now()),
    refusals: refusalLimit({ ...DEFAULT_REFUSALS, ...options.refusals, maxParties: 10_000, now }),
    hasRoom: () => !closing && registry.size < MAX_TUNNELS,
    accept(tunnel, source) {
      const use = putIntoUse(options, registry, tunnel, source);
      inUse.add(use);
      void use.finally(() => inUse.delete(use));
    },
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    caCertificate: authority.certificate,
    caFingerprint: authority.fingerprint,
    request: registry.request,
    upgrade: registry.upgrade,
    connected: registry.connected,
    cutLocked: (connector) => registry.disconnect(connector, 'locked'),
    issueJoinToken: (cluster, lifeMs = DEFAULT_TOKEN_LIFE_MS) => issueJoinToken(options, cluster, lifeMs),
    revoke: (serial) => revoke(options, registry, serial),
    revokeAll: (cluster) => revokeAll(options, registry, cluster),
    voidJoinTokens: (cluster) => voidJoinTokens(store, cluster, now()),
    async close(graceMs) {
      if (closing) return;
      closing = true;
      const closed = once(server, 'close');
      server.close();
      await drain(registry, graceMs);
      // Also those that were about to become tunnels: nothing else would close them.
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, ...inUse]);
    },
  };
}

async function issueJoinToken(
  { store, now, record }: TunnelsOptions,
  cluster: string,
  lifeMs: number,
): Promise<string> {
  const token = newJoinToken(cluster);
  const expiresAt = new Date(now().getTime() + lifeMs).toISOString();
  await record({ type: 'token-issued', cluster, token: token.id, expiresAt });
  const inserted = await store.joinTokens.insert(token.id, { cluster, expiresAt });
  if (!inserted) throw new TunnelRefusedError('ERR_TUNNEL_UNAVAILABLE', 'the new join token could not be stored');
  return token.text;
}

/** Uses a tunnel once it is on record and asks on and on whether it may stay; resolves when its end is on record too. */
async function putIntoUse(
  { store, now, record }: TunnelsOptions,
  registry: TunnelRegistry,
  tunnel: Tunnel,
  source: string,
): Promise<void> {
  try {
    await record({ type: 'connected', ...tunnel.identity, source, version: tunnel.version, tunnel: tunnel.id });
  } catch {
    tunnel.end('could-not-be-checked');
    return;
  }
  registry.add(tunnel);
  let asking = false;
  const check = async () => {
    if (asking) return;
    asking = true;
    await assertStanding(store, tunnel.identity, now()).catch(async (error: unknown) => {
      const isOfCluster = error instanceof TunnelRefusedError && error.isOfCluster;
      if (isOfCluster) await pause(EXCHANGES_FIRST_MS, undefined, { ref: false });
      tunnel.end(endFor(error));
    });
    asking = false;
  };
  const timer = setInterval(() => void check(), STANDING_INTERVAL_MS);
  const reason = await tunnel.ended;
  clearInterval(timer);
  await record({ type: 'disconnected', ...tunnel.identity, reason, tunnel: tunnel.id }).catch(() => {});
}

const ENDS: Partial<Record<TunnelRefusalCode, TunnelEnd>> = {
  ERR_TUNNEL_CERTIFICATE: 'certificate-expired',
  ERR_TUNNEL_REVOKED: 'certificate-revoked',
  ERR_TUNNEL_CLUSTER: 'cluster-not-registered',
  ERR_TUNNEL_DISABLED: 'cluster-disabled',
  ERR_TUNNEL_LOCKED: 'locked',
};

function endFor(error: unknown): TunnelEnd {
  return (error instanceof TunnelRefusedError ? ENDS[error.code] : undefined) ?? 'could-not-be-checked';
}

async function revoke(options: TunnelsOptions, registry: TunnelRegistry, serial: string): Promise<boolean> {
  const { certificates } = options.store;
  for (;;) {
    const stored = await certificates.get(serial);
    if (!stored) return false;
    const revoked = { ...stored.value, revokedAt: stored.value.revokedAt ?? options.now().toISOString() };
    if (!(await certificates.replace(stored.id, stored.version, revoked))) continue;
    for (const tunnel of registry.all()) if (tunnel.identity.serial === serial) tunnel.end('certificate-revoked');
    const { connector, cluster, notAfter } = revoked;
    await options.record({ type: 'revoked', connector, cluster, serial, notAfter });
    return true;
  }
}

async function revokeAll(options: TunnelsOptions, registry: TunnelRegistry, cluster: string): Promise<void> {
  const nowMs = options.now().getTime();
  for (const { id, value } of await everyDocument(options.store.certificates)) {
    const counts = value.revokedAt === undefined && Date.parse(value.notAfter) > nowMs;
    if (value.cluster === cluster && counts) await revoke(options, registry, id);
  }
}

async function drain(registry: TunnelRegistry, graceMs: number): Promise<void> {
  const tunnels = registry.all();
  for (const tunnel of tunnels) tunnel.drain();
  const cut = setTimeout(() => {
    for (const tunnel of tunnels) tunnel.end('gateway-stopping');
  }, graceMs);
  await Promise.all(tunnels.map((tunnel) => tunnel.ended));
  clearTimeout(cut);
}
