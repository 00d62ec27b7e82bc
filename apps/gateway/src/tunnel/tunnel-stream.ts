// SPDX-License-Identifier: Apache-2.0
import { type ClientHttp2Stream, constants } from 'node:http2';
import { Duplex, Readable } from 'node:stream';
import { TUNNEL_HEADERS } from '@countersign/wire';
import { TunnelError } from './tunnel-error.ts';

/**
 * Passes on what a stream of a tunnel brings after its head, to what reads of it. That ends only when the connector has
 * marked the end: Node reports a reset or a lost socket as an ordinary end, and writes one itself when it closes a stream
 * early. MUST be called in the turn of `stream`'s 'response' event, so that no data and no trailer has come yet.
 */
function passOn(stream: ClientHttp2Stream, to: Readable, isComplete: boolean): void {
  let complete = isComplete;
  // It may fail before whoever asked for it gets to listen; `errored` and 'close' still tell.
  to.on('error', () => {});
  stream.on('trailers', (trailers) => {
    complete = trailers[TUNNEL_HEADERS.end] === 'complete';
  });
  stream.on('data', (chunk: Buffer) => {
    if (!to.push(chunk)) stream.pause();
  });
  stream.on('end', () => {
    if (complete && stream.rstCode === constants.NGHTTP2_NO_ERROR) to.push(null);
    else to.destroy(lost());
  });
  stream.on('error', (cause) => to.destroy(lost(cause)));
  stream.on('close', () => {
    if (!to.readableEnded && !complete) to.destroy(lost());
  });
}

/**
 * The body of an answer, once its head has come (`isComplete`: and was all there is). Destroying it cancels. Buffers at
 * most one stream window.
 */
export class TunnelBody extends Readable {
  readonly #stream: ClientHttp2Stream;

  /** As `passOn`, in the turn of the head. */
  constructor(stream: ClientHttp2Stream, isComplete: boolean) {
    super();
    this.#stream = stream;
    passOn(stream, this, isComplete);
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    cancel(this.#stream);
    done(error);
  }
}

/** What was switched to, both ways. Destroying it cancels. Buffers at most one stream window. */
export class TunnelStream extends Duplex {
  readonly #stream: ClientHttp2Stream;

  /** As `passOn`, in the turn of the head. */
  constructor(stream: ClientHttp2Stream, isComplete: boolean) {
    super();
    this.#stream = stream;
    passOn(stream, this, isComplete);
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk, done);
  }

  /** What was written while a write was under way, or together, goes on as one. */
  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: (error?: Error | null) => void): void {
    const last = chunks.at(-1);
    this.#stream.cork();
    for (const each of chunks) if (each !== last) this.#stream.write(each.chunk);
    if (last) this.#send(last.chunk, done);
    this.#stream.uncork();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#stream.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    cancel(this.#stream);
    done(error);
  }

  #send(chunk: Buffer, done: (error?: Error | null) => void): void {
    this.#stream.write(chunk, (cause) => done(cause ? lost(cause) : null));
  }
}

function cancel(stream: ClientHttp2Stream): void {
  if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
}

function lost(cause?: Error): TunnelError {
  return new TunnelError('ERR_TUNNEL_LOST', 'the tunnel to the cluster was cut before the answer was whole', {
    sent: true,
    cause,
  });
}
