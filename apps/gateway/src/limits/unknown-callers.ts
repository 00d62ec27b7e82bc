// SPDX-License-Identifier: Apache-2.0
import { sourceOf } from './source-of.ts';

/** Where a connection comes from; of those that are open no two are alike. */
export interface Peer {
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** A request under way. */
export interface Asking {
  /** Its caller is authenticated: the connection counts no more. */
  readonly known: () => void;
  /** MUST be called once, when the request is over. */
  readonly leave: () => void;
}

interface Source {
  connections: number;
  requests: number;
}

interface Connection {
  readonly source: string;
  isKnown: boolean;
  requests: number;
}

const keyOf = ({ remoteAddress, remotePort }: Peer) => `${remoteAddress} ${remotePort}`;

/**
 * What callers take that nobody has authenticated: of each source so many connections at once, and as many requests. A
 * connection counts until a caller on it is known.
 */
export class UnknownCallers {
  readonly #max: number;
  readonly #sources = new Map<string, Source>();
  readonly #connections = new Map<string, Connection>();

  constructor(maxPerSource: number) {
    this.#max = maxPerSource;
  }

  /** Takes a connection in; false when its source has as many as it may. */
  connect(peer: Peer): boolean {
    const source = sourceOf(peer.remoteAddress);
    const counts = this.#sources.get(source) ?? { connections: 0, requests: 0 };
    if (counts.connections >= this.#max) return false;
    this.#sources.set(source, { ...counts, connections: counts.connections + 1 });
    this.#connections.set(keyOf(peer), { source, isKnown: false, requests: 0 });
    return true;
  }

  /** Must be called once for each connection that was taken in, when it has closed. */
  disconnect(peer: Peer): void {
    const connection = this.#connections.get(keyOf(peer));
    this.#connections.delete(keyOf(peer));
    if (connection && !connection.isKnown) this.#add(connection.source, -1, 0);
  }

  /** Takes a request in; undefined when its source has as many as it may. */
  ask(peer: Peer): Asking | undefined {
    // Of a connection that has closed already, the request is unknown like any other.
    const connection = this.#connections.get(keyOf(peer)) ?? {
      source: sourceOf(peer.remoteAddress),
      isKnown: false,
      requests: 0,
    };
    const { source } = connection;
    if (connection.isKnown) return { known() {}, leave() {} };
    if ((this.#sources.get(source)?.requests ?? 0) >= this.#max) return undefined;
    connection.requests += 1;
    this.#add(source, 0, 1);
    return {
      known: () => this.#known(connection, peer),
      leave: () => {
        connection.requests -= 1;
        if (!connection.isKnown) this.#add(source, 0, -1);
      },
    };
  }

  #known(connection: Connection, peer: Peer): void {
    if (connection.isKnown) return;
    connection.isKnown = true;
    const isOpen = this.#connections.get(keyOf(peer)) === connection;
    this.#add(connection.source, isOpen ? -1 : 0, -connection.requests);
  }

  #add(source: string, connections: number, requests: number): void {
    const before = this.#sources.get(source) ?? { connections: 0, requests: 0 };
    const after = { connections: before.connections + connections, requests: before.requests + requests };
    if (after.connections === 0 && after.requests === 0) this.#sources.delete(source);
    else this.#sources.set(source, after);
  }
}
