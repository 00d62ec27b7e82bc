// SPDX-License-Identifier: Apache-2.0
import type { MessagePiece } from '../websocket/decoder.ts';
import { badChannel, type Channel, CLOSE_SIGNAL, channels, isWrittenBy } from './channel.ts';

export type ChannelEvent =
  /** An empty one is how a server says that the connection stands. A view of the piece that was pushed. */
  | { readonly type: 'data'; readonly channel: Channel; readonly data: Uint8Array }
  /** The side that wrote this channel writes no more. */
  | { readonly type: 'close'; readonly channel: Channel };

/**
 * Reads the channel protocol of exec and attach out of one side's messages: a byte that names the channel, then bytes of
 * it, or in version 5 the byte 255 and the channel that is half-closed. Text messages count as binary ones, as to the API
 * server. Only channels that this side writes may come. Holds nothing.
 * @throws KubeError `ERR_KUBE_CHANNEL`
 * @see k8s.io/streaming/pkg/httpstream/wsstream
 */
export class ChannelDecoder {
  readonly #version: 4 | 5;
  readonly #side: 'client' | 'server';
  readonly #closed = new Set<Channel>();
  /** The channel of the message that is under way. */
  #current: Channel | 'close-signal' | undefined;
  #bytes = 0;

  constructor(options: { readonly version: 4 | 5; readonly side: 'client' | 'server' }) {
    this.#version = options.version;
    this.#side = options.side;
  }

  push(piece: MessagePiece): ChannelEvent[] {
    const [number] = piece.data;
    // A message without a channel says nothing; the API server passes over it too.
    if (this.#current === undefined && number === undefined) return [];
    const events = this.#current === undefined ? this.#begin(number as number, piece) : this.#continue(piece.data);
    if (piece.last) this.#end();
    return events;
  }

  #begin(number: number, piece: MessagePiece): ChannelEvent[] {
    this.#bytes = 1;
    const rest = piece.data.subarray(1);
    if (number === CLOSE_SIGNAL && this.#version === 5) {
      this.#current = 'close-signal';
      return rest.length === 0 ? [] : this.#continue(rest);
    }
    this.#current = this.#channel(number);
    if (this.#closed.has(this.#current)) throw badChannel('a channel goes on after its close');
    // The rest of a message may yet come; one that is the channel alone says that the connection stands.
    return rest.length === 0 && !piece.last ? [] : [{ type: 'data', channel: this.#current, data: rest }];
  }

  #continue(data: Uint8Array): ChannelEvent[] {
    if (data.length === 0) return [];
    this.#bytes += data.length;
    if (this.#current !== 'close-signal') return [{ type: 'data', channel: this.#current as Channel, data }];
    if (this.#bytes > 2) throw badChannel('a close names more than one channel');
    const channel = this.#channel(data[0] as number);
    if (this.#closed.has(channel)) return [];
    this.#closed.add(channel);
    return [{ type: 'close', channel }];
  }

  #end(): void {
    if (this.#current === 'close-signal' && this.#bytes !== 2) throw badChannel('a close names no channel');
    this.#current = undefined;
  }

  #channel(number: number): Channel {
    const channel = channels[number];
    if (channel === undefined || !isWrittenBy(channel, this.#side))
      throw badChannel('a channel that this side does not write');
    return channel;
  }
}
