// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { ConnectorError } from './connector-error.ts';
import type { ConnectorEvent } from './connector-event.ts';
import type { CredentialSource } from './credential/cluster-credential.ts';
import { fetchPinnedCa } from './dial.ts';
import { enrol } from './enrol.ts';
import { type GatewayAddress, parseGatewayAddress } from './gateway-address.ts';
import { type GatewayLink, linkGateway, reportFailure } from './gateway-link.ts';
import { expiry, type Identity, loadIdentity, saveIdentity } from './identity.ts';
import { keepRenewing } from './renewal.ts';
import { apiServer } from './upstream/api-server.ts';
import { upstreamReports } from './upstream-reports.ts';

/** How a connector is set up. */
export interface ConnectorOptions {
  /** `HOST:PORT` of each gateway replica; all are dialled. */
  readonly gateways: readonly string[];
  /**
   * What makes a gateway the right one: its CA certificate (PEM), or the SHA-256 fingerprint of it. Needed to enrol;
   * later the CA kept in the state directory counts, and must be this one if this is given.
   */
  readonly trust: { readonly ca: string } | { readonly fingerprint: string } | undefined;
  /** Needed once; a connector whose state directory holds a valid certificate does not use it. */
  readonly joinToken: string | undefined;
  readonly stateDirectory: string;
  readonly credential: CredentialSource;
  readonly version: string;
  readonly now: () => Date;
  /** In [0, 1). */
  readonly random: () => number;
  readonly report: (event: ConnectorEvent) => void;
}

/** A running connector. */
export interface Connector {
  /** The id that the gateway gave it. */
  readonly id: string;
  readonly cluster: string;
  /** Gateways with a live tunnel, as they were given. */
  connected(): readonly string[];
  /** Resolves when it is over: after `close`, or with the error that only an operator can mend. */
  readonly over: Promise<ConnectorError | undefined>;
  /** Takes nothing new, lets what is under way finish for `graceMs`, then cuts the rest. */
  close(graceMs: number): Promise<void>;
}

/**
 * Enrols if need be, then holds a tunnel to every gateway and serves requests from them to the API server.
 * @throws ConnectorError when it can't be enrolled; a gateway that can't be reached afterwards is tried again for ever
 */
export async function startConnector(options: ConnectorOptions): Promise<Connector> {
  const gateways = options.gateways.map(parseGatewayAddress);
  if (gateways.length === 0) throw new ConnectorError('ERR_CONNECTOR_OPTIONS', 'no gateway to dial');
  let identity = await establishIdentity(options, gateways);
  const stopping = new AbortController();
  const api = apiServer(options.credential, options.now);
  const failed = upstreamReports(options.report, options.now);
  const links = gateways.map((address) =>
    linkGateway({ ...options, address, api, failed, identity: () => identity, signal: stopping.signal }),
  );
  const renewing = keepRenewing({
    ...options,
    gateways,
    present: () => identity,
    async renewed(next) {
      await saveIdentity(options.stateDirectory, next);
      identity = next;
      tellIdentity(options, 'renewed', next);
      for (const link of links) link.renew();
    },
    failed: (address, error) => reportFailure({ address, report: options.report }, 'renew-failed', error),
    signal: stopping.signal,
  });
  const over = firstError([renewing, ...links.map((link) => link.over)]).then(async (error) => {
    stopping.abort();
    for (const link of links) link.cut();
    await Promise.all([renewing, ...links.map((link) => link.over)]);
    api.close();
    return error;
  });
  return {
    id: identity.connector,
    cluster: identity.cluster,
    connected: () => gateways.filter((_gateway, i) => links[i]?.isConnected).map(({ text }) => text),
    over,
    close: (graceMs) => closeLinks(links, stopping, over, graceMs),
  };
}

/** Resolves with the first error, or when all are over without one. */
async function firstError(parts: readonly Promise<ConnectorError | undefined>[]): Promise<ConnectorError | undefined> {
  const failed = parts.map((part) => part.then((error) => error ?? new Promise<never>(() => {})));
  return Promise.race([...failed, Promise.all(parts).then((errors) => errors.find((error) => error))]);
}

async function closeLinks(
  links: readonly GatewayLink[],
  stopping: AbortController,
  over: Promise<unknown>,
  graceMs: number,
): Promise<void> {
  stopping.abort();
  for (const link of links) link.drain();
  const done = new AbortController();
  const cutLater = wait(graceMs, undefined, { signal: done.signal }).then(
    () => {
      for (const link of links) link.cut();
    },
    () => {},
  );
  await over;
  done.abort();
  await cutLater;
}

async function establishIdentity(options: ConnectorOptions, gateways: readonly GatewayAddress[]): Promise<Identity> {
  const kept = await loadIdentity(options.stateDirectory);
  if (kept && isUsable(kept, options)) return kept;
  const { joinToken, trust } = options;
  if (joinToken === undefined || trust === undefined) {
    const why = kept ? 'the certificate in the state directory has expired or is for another CA' : 'not enrolled yet';
    const message = `${why}: give a join token and the gateway's CA (--join-file, --ca)`;
    throw new ConnectorError('ERR_CONNECTOR_NOT_ENROLLED', message);
  }
  const made = await withFirstReachable(gateways, async (gateway) => {
    const ca = 'ca' in trust ? trust.ca : await fetchPinnedCa(gateway, trust.fingerprint);
    return enrol(gateway, ca, joinToken, options.now);
  });
  await saveIdentity(options.stateDirectory, made);
  tellIdentity(options, 'enrolled', made);
  return made;
}

function isUsable(kept: Identity, { trust, now }: ConnectorOptions): boolean {
  if (expiry(kept) <= now()) return false;
  if (trust === undefined) return true;
  const ca = new X509Certificate(kept.ca);
  if ('ca' in trust) return readCertificate(trust.ca).raw.equals(ca.raw);
  return ca.fingerprint256.replaceAll(':', '').toLowerCase() === trust.fingerprint.replaceAll(':', '').toLowerCase();
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new ConnectorError('ERR_CONNECTOR_OPTIONS', 'the CA is not a PEM certificate', { cause });
  }
}

/** A token is used once: only a gateway that was not reached at all is followed by another. */
async function withFirstReachable<T>(
  gateways: readonly GatewayAddress[],
  ask: (gateway: GatewayAddress) => Promise<T>,
): Promise<T> {
  let unreachable: unknown;
  for (const gateway of gateways) {
    try {
      return await ask(gateway);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== 'ERR_CONNECTOR_GATEWAY_UNREACHABLE') throw error;
      unreachable = error;
    }
  }
  throw unreachable;
}

function tellIdentity(options: ConnectorOptions, event: 'enrolled' | 'renewed', identity: Identity): void {
  const { connector, cluster } = identity;
  options.report({ event, connector, cluster, notAfter: expiry(identity).toISOString() });
}
