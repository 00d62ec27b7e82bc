// SPDX-License-Identifier: Apache-2.0
import type { RecordedFrame } from './frame.ts';

/** Tells of a port-forward what went which way, a line for each frame, and never its bytes. */
export class PortLines {
  readonly #ports = new Map<number, number>();

  /** The line of a frame; undefined of one that is of no port. */
  push(frame: RecordedFrame): string | undefined {
    switch (frame.channel) {
      case 'port-open':
        this.#ports.set(frame.connection, frame.port);
        return this.#line(frame.connection, 'opened');
      case 'port-up':
      case 'port-down':
        return this.#line(frame.connection, `${frame.bytes.length} bytes ${frame.channel.slice(5)}`);
      case 'port-error':
        return this.#line(frame.connection, `an error of ${frame.bytes.length} bytes`);
      case 'port-up-end':
        return this.#line(frame.connection, 'no more up');
      case 'port-down-end': {
        const line = this.#line(frame.connection, 'no more down');
        this.#ports.delete(frame.connection);
        return line;
      }
      default:
        return undefined;
    }
  }

  #line(connection: number, what: string): string {
    return `port ${this.#ports.get(connection) ?? '?'} connection ${connection}: ${what}`;
  }
}
