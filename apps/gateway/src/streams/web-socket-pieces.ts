// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import {
  encodeFrame,
  type Mask,
  type MessagePiece,
  opcodes,
  WebSocketDecoder,
  type WebSocketEvent,
  type WebSocketPeer,
} from '@countersign/kube';
import { chunksOf } from './chunks-of.ts';
import { CONTROL_BYTES, type FrameTurns } from './frame-turns.ts';
import { ownBytes } from './own-bytes.ts';
import { writeTo } from './write-to.ts';

/** Of a longer message as much is passed on at a time, and not more held. */
const GATHERED_BYTES = 65_536;

/** In as many pieces: a peer may send a message byte by byte, each in a frame of its own. */
const MAX_PIECES = 256;

/**
 * Puts a message together again. It comes cut up by TLS, 32 KiB of kubectl as two pieces and a crumb, and each piece would be
 * a frame of the recording and a message of its own from here on.
 */
class Gathering {
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #isBegun = false;

  /** What is to be passed on now; undefined while the rest is to come. */
  take(piece: MessagePiece): MessagePiece | undefined {
    const size = this.#heldBytes + piece.data.length;
    if (!piece.last && size < GATHERED_BYTES && this.#held.length < MAX_PIECES) {
      this.#held.push(ownBytes(piece.data));
      this.#heldBytes = size;
      return undefined;
    }
    const data = this.#held.length === 0 ? piece.data : Buffer.concat([...this.#held, piece.data], size);
    const gathered = { ...piece, data, first: !this.#isBegun };
    this.#held = [];
    this.#heldBytes = 0;
    this.#isBegun = !piece.last;
    return gathered;
  }
}

/** What is put together with others is counted with them, unless it is so little that reading it is most of its work. */
function isMuch(event: WebSocketEvent | undefined): boolean {
  return event?.type === 'data' && event.data.length >= CONTROL_BYTES;
}

/**
 * The messages that a peer sends, until it closes: one of up to 64 KiB whole, a longer one in pieces. Its pings are answered.
 * A frame from which nothing comes is counted by `turns`, in which they are read. The connection is read no further than they are taken, and what it gives is written over.
 * @throws KubeError, CallerGone, or what the connection fails with
 */
export async function* webSocketPieces(
  connection: Duplex,
  peer: WebSocketPeer,
  nextMask: () => Mask,
  turns: FrameTurns,
): AsyncGenerator<MessagePiece> {
  const frames = new WebSocketDecoder({ peer, ownsChunks: true });
  const gathering = new Gathering();
  for await (const event of turns.framesOf(chunksOf(connection), (chunk) => frames.read(chunk))) {
    if (event?.type === 'close') return;
    if (event?.type === 'ping') await writeTo(connection, encodeFrame(opcodes.pong, [event.data], nextMask()));
    const piece = event?.type === 'data' ? gathering.take(event) : undefined;
    if (piece !== undefined) yield piece;
    else if (!isMuch(event)) turns.beside();
  }
  frames.end();
}
