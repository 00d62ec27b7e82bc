// SPDX-License-Identifier: Apache-2.0
import { badChannel } from '../remote-command/channel.ts';
import type { MessagePiece } from '../websocket/decoder.ts';
import { encodeFrame, type Mask } from '../websocket/encode-frame.ts';
import { opcodes } from '../websocket/frame-head.ts';

/** One channel of a port-forward over plain WebSocket: two for each port of the query, in its order. */
export interface PortChannel {
  /** Index of the port in the query. */
  readonly index: number;
  readonly type: 'data' | 'error';
}

export interface PortChannelData extends PortChannel {
  /** A view of the piece that was pushed. */
  readonly data: Uint8Array;
}

/** A channel is numbered in one byte. */
export const maxForwardedPorts = 128;

/**
 * Reads the messages of a port-forward over plain WebSocket (v4.channel.k8s.io): a byte that names the channel, then bytes
 * of it. Channel 2i carries the data of the i-th port, channel 2i+1 what goes wrong with it; the server begins each with
 * the port (two bytes, little-endian), and alone writes the odd ones. Nothing can be half-closed. Holds nothing but those
 * two bytes.
 * @throws KubeError `ERR_KUBE_CHANNEL`
 * @see k8s.io/cri-streaming/pkg/streaming/portforward/websocket.go
 */
export class PortChannelDecoder {
  readonly #ports: readonly number[];
  readonly #side: 'client' | 'server';
  /** Bytes of its port that each channel of a server has said. */
  readonly #said = new Map<number, number>();
  #current: number | undefined;

  constructor(options: { readonly ports: readonly number[]; readonly side: 'client' | 'server' }) {
    this.#ports = options.ports;
    this.#side = options.side;
  }

  push(piece: MessagePiece): PortChannelData[] {
    let data = piece.data;
    if (this.#current === undefined) {
      const number = data[0];
      if (number === undefined) return [];
      this.#current = this.#checked(number);
      data = data.subarray(1);
    }
    const number = this.#current;
    if (piece.last) this.#current = undefined;
    if (this.#side === 'server') data = this.#withoutPort(number, data);
    return data.length === 0 ? [] : [{ ...channelAt(number), data }];
  }

  #checked(number: number): number {
    const { index, type } = channelAt(number);
    if (index >= this.#ports.length || (type === 'error' && this.#side === 'client'))
      throw badChannel('a channel that this side does not write');
    return number;
  }

  /** What follows the port, which must be the one that was asked for. */
  #withoutPort(number: number, data: Uint8Array): Uint8Array {
    const port = this.#ports[number >> 1] as number;
    const expected = [port & 0xff, port >> 8];
    const said = this.#said.get(number) ?? 0;
    const now = Math.min(data.length, expected.length - said);
    for (let at = 0; at < now; at += 1) {
      if (data[at] !== expected[said + at]) throw badChannel('a channel begins with another port');
    }
    this.#said.set(number, said + now);
    return data.subarray(now);
  }
}

/** Bytes of a channel as one binary message in one frame. */
export function encodePortChannel(channel: PortChannel, data: Uint8Array, mask?: Mask): Uint8Array {
  const number = 2 * channel.index + (channel.type === 'error' ? 1 : 0);
  return encodeFrame(opcodes.binary, [Uint8Array.of(number), data], mask);
}

/** What a server begins a channel with. */
export function encodePort(port: number): Uint8Array {
  return Uint8Array.of(port & 0xff, port >> 8);
}

function channelAt(number: number): PortChannel {
  return { index: number >> 1, type: (number & 1) === 0 ? 'data' : 'error' };
}
