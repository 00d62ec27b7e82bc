// SPDX-License-Identifier: Apache-2.0

/** The two streams of a forwarded connection: its bytes, and what goes wrong with it. */
export type PortStreamType = 'data' | 'error';

/** What a caller does. A connection has a number of the caller's end, never used twice. */
export type ForwardInput =
  /** Both its streams are there; it waits for `accept`. */
  | { readonly type: 'opened'; readonly connection: number; readonly port: number }
  | { readonly type: 'data'; readonly connection: number; readonly data: Uint8Array }
  /** It writes no more on the connection. */
  | { readonly type: 'end'; readonly connection: number }
  /** It gives the stream up, both ways. */
  | { readonly type: 'reset'; readonly connection: number; readonly stream: PortStreamType };

/**
 * The caller's end of a port-forward, whatever it speaks. Reading stops while an input is dealt with; writing resolves when
 * there is room for more, and is nothing where the caller has given the stream up.
 */
export interface ForwardCaller {
  /** Ends when the caller leaves; answers its pings. @throws KubeError for what can't be read, CallerGone */
  inputs(): AsyncIterable<ForwardInput>;
  /** The connection stands; said once. @throws CallerGone, as the others do */
  accept(connection: number): Promise<void>;
  write(connection: number, stream: PortStreamType, data: Uint8Array): Promise<void>;
  end(connection: number, stream: PortStreamType): Promise<void>;
  reset(connection: number, stream: PortStreamType): Promise<void>;
  /** Nothing more is said of the connection. */
  forget(connection: number): void;
  /** Whether it is not read on until its agent has bytes left. */
  readonly isHeld: boolean;
  /** Nothing more that it sends is waited for where its agent has no bytes left. */
  stop(): void;
  /** Shows the caller that it is connected, and this side whether it is: while a caller is not read, its pings starve. */
  keepAlive(): void;
  /** Closes in order; resolves when the connection is closed. */
  finish(): Promise<void>;
}
