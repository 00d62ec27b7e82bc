// SPDX-License-Identifier: Apache-2.0
import { type ClientHttp2Stream, constants } from 'node:http2';
import { Duplex, type DuplexOptions } from 'node:stream';
import { TUNNEL_HEADERS } from '@countersign/wire';
import { TunnelError } from './tunnel-error.ts';

/**
 * One stream of a tunnel after its head. Reading ends only when the connector has marked the end: Node reports a reset
 * or a lost socket as an ordinary end, and writes one itself when it closes a stream early. Destroying cancels. Buffers
 * at most one stream window.
 */
export class TunnelStream extends Duplex {
  readonly #stream: ClientHttp2Stream;
  #complete: boolean;

  /** Must be made in the turn of `stream`'s 'response' event, so that no data and no trailer has come yet. */
  constructor(stream: ClientHttp2Stream, options: { readonly complete: boolean; readonly writable: boolean }) {
    super({ writable: options.writable } as DuplexOptions);
    this.#stream = stream;
    this.#complete = options.complete;
    // It may fail before whoever asked for it gets to listen; `errored` and 'close' still tell.
    this.on('error', () => {});
    stream.on('trailers', (trailers) => {
      this.#complete = trailers[TUNNEL_HEADERS.end] === 'complete';
    });
    stream.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stream.pause();
    });
    stream.on('end', () => {
      if (this.#complete && stream.rstCode === constants.NGHTTP2_NO_ERROR) this.push(null);
      else this.destroy(lost());
    });
    stream.on('error', (cause) => this.destroy(lost(cause)));
    stream.on('close', () => {
      if (!this.readableEnded && !this.#complete) this.destroy(lost());
    });
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#stream.write(chunk, (cause) => done(cause ? lost(cause) : null));
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#stream.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#stream.closed) this.#stream.close(constants.NGHTTP2_CANCEL);
    done(error);
  }
}

function lost(cause?: Error): TunnelError {
  return new TunnelError('ERR_TUNNEL_LOST', 'the tunnel to the cluster was cut before the answer was whole', {
    sent: true,
    cause,
  });
}
