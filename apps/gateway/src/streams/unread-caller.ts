// SPDX-License-Identifier: Apache-2.0

/** A caller that leaves is seen to have left at the second thing that is written to it. */
const ALIVE_MS = 1_000;

/** What of a caller it is about, of an exec or of a port-forward. */
interface Watched {
  readonly isHeld: boolean;
  keepAlive(): void;
}

/**
 * Watches a caller while it is not read: that it has left shows only when something is written to it, and the answers to
 * its own pings starve, without which it takes the connection for dead after a minute.
 */
export class UnreadCaller implements Disposable {
  /** Whether what it sent last is still being dealt with. */
  isUnread = false;
  readonly #timer: NodeJS.Timeout;

  constructor(caller: Watched) {
    const look = () => {
      if (this.isUnread || caller.isHeld) caller.keepAlive();
    };
    this.#timer = setInterval(look, ALIVE_MS).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
