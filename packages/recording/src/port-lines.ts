// SPDX-License-Identifier: Apache-2.0
import type { RecordedFrame } from './frame.ts';

/** Connections whose port is remembered: as many as may be open at once, and those that ended last, of which an error may come. */
const MAX_KNOWN = 4_096;

/** Tells of a port-forward what went which way, a line for each frame, and never its bytes. */
export class PortLines {
  readonly #ports = new Map<number, number>();

  /** The line of a frame; undefined of one that is of no port. */
  push(frame: RecordedFrame): string | undefined {
    switch (frame.channel) {
      case 'port-open':
        this.#remember(frame.connection, frame.port);
        return this.#line(frame.connection, 'opened');
      case 'port-up':
      case 'port-down':
        return this.#line(frame.connection, `${frame.bytes.length} bytes ${frame.channel.slice(5)}`);
      case 'port-error':
        return this.#line(frame.connection, `an error of ${frame.bytes.length} bytes`);
      case 'port-up-end':
        return this.#line(frame.connection, 'no more up');
      case 'port-down-end':
        return this.#line(frame.connection, 'no more down');
      default:
        return undefined;
    }
  }

  #remember(connection: number, port: number): void {
    this.#ports.set(connection, port);
    const [oldest = connection] = this.#ports.keys();
    if (this.#ports.size > MAX_KNOWN) this.#ports.delete(oldest);
  }

  #line(connection: number, what: string): string {
    return `port ${this.#ports.get(connection) ?? '?'} connection ${connection}: ${what}`;
  }
}
