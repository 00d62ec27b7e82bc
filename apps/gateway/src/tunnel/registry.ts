// SPDX-License-Identifier: Apache-2.0
import type { Clusters } from './clusters.ts';
import type { Tunnel } from './tunnel.ts';
import { TunnelError } from './tunnel-error.ts';
import type { TunnelEnd } from './tunnel-event.ts';

/** What of a request the registry looks at: both kinds have it. */
type Attempt<T> = (tunnel: Tunnel) => Promise<T>;

/** The live tunnels by cluster. A tunnel stands under the cluster of its certificate and is never asked for another. */
export interface TunnelRegistry extends Clusters {
  readonly size: number;
  add(tunnel: Tunnel): void;
  all(): Tunnel[];
  /** Cuts the tunnels of a connector; returns how many requests were under way in them. */
  disconnect(connector: string, reason: TunnelEnd): number;
}

/**
 * An empty registry. A request goes to the tunnel with the fewest streams, of equals to that which has waited longest; when
 * the API server certainly did not get it, another tunnel is tried, once.
 */
export function tunnelRegistry(): TunnelRegistry {
  const tunnels = new Map<string, Set<Tunnel>>();
  const all = (): Tunnel[] => [...tunnels.values()].flatMap((ofCluster) => [...ofCluster]);
  const live = (cluster: string): Tunnel[] => [...(tunnels.get(cluster) ?? [])].filter((tunnel) => tunnel.isOpen);
  /** Which request each tunnel was given last, counted. */
  const lastOf = new WeakMap<Tunnel, number>();
  let given = 0;
  const leastBusy = (candidates: readonly Tunnel[]): Tunnel | undefined => {
    const free = candidates.filter((tunnel) => !tunnel.isFull);
    const turn = (tunnel: Tunnel) => lastOf.get(tunnel) ?? 0;
    free.sort((one, other) => one.streams - other.streams || turn(one) - turn(other));
    const [best] = free;
    given += 1;
    if (best) lastOf.set(best, given);
    return best;
  };
  const throughOne = async <T>(cluster: string, attempt: Attempt<T>): Promise<T> => {
    const first = pick(live(cluster), cluster, leastBusy);
    try {
      return await attempt(first);
    } catch (error) {
      const second = retryable(error) ? leastBusy(live(cluster).filter((tunnel) => tunnel !== first)) : undefined;
      if (!second) throw error;
      return attempt(second);
    }
  };
  return {
    get size() {
      return all().length;
    },
    all,
    add(tunnel) {
      const { cluster } = tunnel.identity;
      const ofCluster = tunnels.get(cluster) ?? new Set();
      tunnels.set(cluster, ofCluster.add(tunnel));
      void tunnel.ended.then(() => {
        ofCluster.delete(tunnel);
        if (ofCluster.size === 0 && tunnels.get(cluster) === ofCluster) tunnels.delete(cluster);
      });
    },
    disconnect(connector, reason) {
      const meant = all().filter(({ identity }) => identity.connector === connector);
      const underWay = meant.reduce((sum, { streams }) => sum + streams, 0);
      for (const tunnel of meant) tunnel.end(reason);
      return underWay;
    },
    connected: (cluster) =>
      live(cluster).map(({ identity, since, version }) => ({ connector: identity.connector, since, version })),
    request: (cluster, request) => throughOne(cluster, (tunnel) => tunnel.request(request)),
    upgrade: (cluster, request) => throughOne(cluster, (tunnel) => tunnel.upgrade(request)),
  };
}

function pick(
  candidates: readonly Tunnel[],
  cluster: string,
  leastBusy: (candidates: readonly Tunnel[]) => Tunnel | undefined,
): Tunnel {
  if (candidates.length === 0) {
    throw new TunnelError('ERR_TUNNEL_NONE', `no connector of cluster ${cluster} is connected`, { sent: false });
  }
  const free = leastBusy(candidates);
  if (free) return free;
  throw new TunnelError('ERR_TUNNEL_FULL', `every tunnel to cluster ${cluster} is full`, { sent: false });
}

function retryable(error: unknown): boolean {
  const tried: readonly string[] = ['ERR_TUNNEL_LOST', 'ERR_TUNNEL_UPSTREAM'];
  return error instanceof TunnelError && !error.sent && tried.includes(error.code);
}
