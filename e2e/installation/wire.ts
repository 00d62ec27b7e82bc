// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** `up`: from who dialled to whom they dialled. */
export type Direction = 'up' | 'down';

/** One connection through a wire. */
export class Link {
  readonly #ends: Readonly<Record<Direction, Socket>>;
  readonly #held: Record<Direction, Buffer[] | undefined> = { up: undefined, down: undefined };

  constructor(near: Socket, far: Socket) {
    this.#ends = { up: far, down: near };
  }

  /** Keeps back what comes from now on. */
  hold(direction: Direction): void {
    this.#held[direction] ??= [];
  }

  /** Passes on what was kept back, and what comes. */
  release(direction: Direction): void {
    const held = this.#held[direction] ?? [];
    this.#held[direction] = undefined;
    for (const bytes of held) this.#ends[direction].write(bytes);
  }

  pass(direction: Direction, bytes: Buffer): void {
    const held = this.#held[direction];
    if (held) held.push(bytes);
    else this.#ends[direction].write(bytes);
  }

  isHeld(direction: Direction): boolean {
    return this.#held[direction] !== undefined;
  }

  /** What is kept back, as text. */
  heldText(direction: Direction): string {
    return Buffer.concat(this.#held[direction] ?? []).toString('latin1');
  }

  close(): void {
    this.#ends.up.destroy();
    this.#ends.down.destroy();
  }
}

/** Looks at bytes before they are passed on, and may have their link hold them. */
export type Tap = (link: Link, direction: Direction, bytes: Buffer) => void;

/** TCP connections in the middle, on a loopback port of its own; what is kept back ends with its connection. */
export class Wire {
  readonly #server: Server;
  readonly #tap: Tap;
  readonly links = new Set<Link>();
  readonly #to: number;

  private constructor(to: number, tap: Tap) {
    this.#to = to;
    this.#tap = tap;
    this.#server = createServer((near) => this.#join(near)).listen(0, '127.0.0.1');
  }

  /** A wire to a loopback port. */
  static async to(port: number, tap: Tap = () => {}): Promise<Wire> {
    const wire = new Wire(port, tap);
    await once(wire.#server, 'listening');
    return wire;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Keeps back, of all that is connected now, what goes one way. */
  hold(direction: Direction): void {
    for (const link of this.links) link.hold(direction);
  }

  /** Ends all connections, and what is kept back with them. */
  cut(): void {
    for (const link of this.links) link.close();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #join(near: Socket): void {
    const far = connect(this.#to, '127.0.0.1');
    const link = new Link(near, far);
    this.links.add(link);
    for (const [end, direction] of [
      [near, 'up'],
      [far, 'down'],
    ] as const) {
      end.setNoDelay(true);
      end.on('data', (bytes: Buffer) => {
        this.#tap(link, direction, bytes);
        link.pass(direction, bytes);
      });
      // A reset is an end like any other.
      end.on('error', () => {});
      end.on('close', () => {
        this.links.delete(link);
        link.close();
      });
    }
  }
}
