// SPDX-License-Identifier: Apache-2.0
import { badStreamHeaders } from '../stream-type.ts';
import type { PortStream } from './port-stream.ts';

/** Both streams of a forwarded connection. */
export interface PortPair {
  readonly port: number;
  readonly requestId: string;
  readonly data: number;
  readonly error: number;
}

interface HalfPair extends PortStream {
  readonly stream: number;
}

const MAX_HALVES = 256;

/**
 * Finds the streams of a port-forward that belong together. Holds those that still miss their other half, at most 256; how
 * long is for the caller to say.
 * @throws KubeError `ERR_KUBE_STREAM_HEADERS`
 */
export class PortPairs {
  readonly #halves = new Map<string, HalfPair>();

  /** Takes a stream that was opened; returns the pair that it completes. */
  add(stream: number, headers: PortStream): PortPair | undefined {
    const { type, port, requestId } = headers;
    const other = this.#halves.get(requestId);
    if (other === undefined) {
      if (this.#halves.size >= MAX_HALVES) throw badStreamHeaders(`${MAX_HALVES} streams wait for their other half`);
      this.#halves.set(requestId, { ...headers, stream });
      return undefined;
    }
    if (other.type === type || other.port !== port) throw badStreamHeaders('its other half does not fit');
    this.#halves.delete(requestId);
    return type === 'data'
      ? { port, requestId, data: stream, error: other.stream }
      : { port, requestId, data: other.stream, error: stream };
  }

  /** Forgets a stream that waits for its other half; false if it does not. */
  remove(stream: number): boolean {
    for (const [requestId, half] of this.#halves) {
      if (half.stream === stream) return this.#halves.delete(requestId);
    }
    return false;
  }
}
