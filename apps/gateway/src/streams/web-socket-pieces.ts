// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import {
  encodeFrame,
  type Mask,
  type MessagePiece,
  opcodes,
  WebSocketDecoder,
  type WebSocketPeer,
} from '@countersign/kube';
import { writeTo } from './write-to.ts';

/** The bytes of a connection; leaving the loop leaves the connection as it is. */
export function chunksOf(connection: Duplex): AsyncIterable<Uint8Array> {
  return connection.iterator({ destroyOnReturn: false });
}

/**
 * Pieces of the messages that a peer sends, until it closes; its pings are answered. The connection is read no further than
 * they are taken.
 * @throws KubeError, CallerGone, or what the connection fails with
 */
export async function* webSocketPieces(
  connection: Duplex,
  peer: WebSocketPeer,
  nextMask: () => Mask,
): AsyncGenerator<MessagePiece> {
  const frames = new WebSocketDecoder({ peer });
  for await (const chunk of chunksOf(connection)) {
    for (const event of frames.push(chunk)) {
      if (event.type === 'close') return;
      if (event.type === 'data') yield event;
      else if (event.type === 'ping') await writeTo(connection, encodeFrame(opcodes.pong, [event.data], nextMask()));
    }
  }
  frames.end();
}
