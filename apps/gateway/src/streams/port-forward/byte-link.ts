// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import { closeCodes, encodeClose, encodeFrame, KubeError, type Mask, opcodes } from '@countersign/kube';
import { CallerGone, drained } from '../../data/incoming.ts';
import { chunksOf } from '../chunks-of.ts';
import { ended } from '../ended.ts';
import type { FrameTurns } from '../frame-turns.ts';
import { webSocketPieces } from '../web-socket-pieces.ts';
import { hasRoom } from '../write-to.ts';

/** The bytes of one side of a port-forward: as they are, or in the messages of a WebSocket. */
export interface ByteLink {
  /** As they come, to the end that the peer gives them; read no further than they are taken. @throws KubeError */
  chunks(): AsyncIterable<Uint8Array>;
  /** Whether something may be written that nobody waits for. */
  readonly hasRoom: boolean;
  /** Resolves when there is room for more. @throws CallerGone when the connection is closed */
  write(bytes: Uint8Array): Promise<void>;
  /** Says that nothing more comes; resolves when the connection is closed. */
  end(): Promise<void>;
  /** Shows whatever is in between that the connection is in use, if it has room. */
  ping(): void;
}

/** Writes for many at once, all of whom wait for the same room. */
class Writer {
  readonly #connection: Duplex;
  #draining: Promise<void> | undefined;

  constructor(connection: Duplex) {
    this.#connection = connection;
  }

  write(bytes: Uint8Array): Promise<void> {
    const { destroyed, writableEnded } = this.#connection;
    if (destroyed || writableEnded) return Promise.reject(new CallerGone());
    if (this.#connection.write(bytes)) return Promise.resolve();
    this.#draining ??= drained(this.#connection).finally(() => {
      this.#draining = undefined;
    });
    return this.#draining;
  }
}

/** Bytes as they are. */
export function plainLink(connection: Duplex): ByteLink {
  const writer = new Writer(connection);
  return {
    chunks: () => chunksOf(connection),
    get hasRoom() {
      return hasRoom(connection);
    },
    write: (bytes) => writer.write(bytes),
    end: () => ended(connection),
    ping() {},
  };
}

/** Bytes in binary messages, whose borders carry no meaning. A client's `nextMask` gives a fresh mask each time. */
export function webSocketLink(
  connection: Duplex,
  peer: 'client' | 'server',
  nextMask: () => Mask,
  turns: FrameTurns,
): ByteLink {
  const writer = new Writer(connection);
  return {
    async *chunks() {
      for await (const { kind, data } of webSocketPieces(connection, peer, nextMask, turns)) {
        if (kind === 'text') throw new KubeError('ERR_KUBE_CHANNEL', 'a tunnel carries binary messages alone');
        if (data.length > 0) yield data;
        else turns.beside();
      }
    },
    get hasRoom() {
      return hasRoom(connection);
    },
    write: (bytes) => writer.write(encodeFrame(opcodes.binary, [bytes], nextMask())),
    end() {
      if (!connection.destroyed && !connection.writableEnded)
        connection.write(encodeClose(closeCodes.normal, '', nextMask()));
      return ended(connection);
    },
    ping() {
      if (hasRoom(connection)) connection.write(encodeFrame(opcodes.ping, [], nextMask()));
    },
  };
}
