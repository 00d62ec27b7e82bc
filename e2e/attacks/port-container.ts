// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import { constants, inflateRawSync } from 'node:zlib';
import {
  encodeFrame,
  type Inflate,
  opcodes,
  PortPairs,
  parsePortStream,
  type SpdyEvent,
  SpdySession,
  WebSocketDecoder,
} from '@countersign/kube';

/** What a port-forward is switched to. */
export const PORT_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';

const inflate: Inflate = (blocks, window, maxOutputLength) =>
  inflateRawSync(blocks, { dictionary: window, finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength });

/** One port-forward of a container all of whose ports say back what they are told. */
export class PortContainer {
  readonly #connection: Duplex;
  readonly #onPort: (port: number) => void;
  readonly #frames = new WebSocketDecoder({ peer: 'client' });
  readonly #session = new SpdySession({ role: 'server', inflate });
  readonly #pairs = new PortPairs();

  /** `onPort` hears of each port that a connection is opened to. */
  constructor(connection: Duplex, head: Buffer, onPort: (port: number) => void) {
    this.#connection = connection;
    this.#onPort = onPort;
    this.#take(head);
    connection.on('data', (bytes: Buffer) => this.#take(bytes));
  }

  #take(bytes: Uint8Array): void {
    for (const message of this.#frames.push(bytes)) {
      if (message.type !== 'data') continue;
      for (const event of this.#session.push(message.data)) this.#answer(event);
    }
  }

  #answer(event: SpdyEvent): void {
    if (event.type === 'opened') {
      const pair = this.#pairs.add(event.stream, parsePortStream(event.headers));
      if (pair) this.#onPort(pair.port);
      this.#write(this.#session.accept(event.stream));
    }
    if (event.type === 'data') this.#write(this.#session.write(event.stream, event.data, event.fin));
  }

  #write(bytes: Uint8Array | undefined): void {
    if (bytes) this.#connection.write(encodeFrame(opcodes.binary, [bytes]));
  }
}
