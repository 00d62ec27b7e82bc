// SPDX-License-Identifier: Apache-2.0

/** Bytes of one way of a stream that may wait, whatever the others have. */
const OWN_BYTES = 1_048_576;
/** As many as one sync can take twice: the next ones gather while the first are on their way to the disk. */
const MOST_BYTES = 4_194_304;
/** Bytes of all ways together up to which one may have more than its own. */
const SHARED_BYTES = 67_108_864;

/**
 * How much of what flows in all streams waits for the disk, or for whoever it goes to: at most 1 MiB of each way, and as long
 * as there is room, 64 MiB for all of them, up to 4 MiB, so that a slow disk gets more at a time.
 */
export class WaitingRoom {
  #bytes = 0;

  /** Whether a way that has `own` bytes here must wait until some of them have gone. */
  isFull(own: number): boolean {
    return own > MOST_BYTES || (own > OWN_BYTES && this.#bytes > SHARED_BYTES);
  }

  enter(bytes: number): void {
    this.#bytes += bytes;
  }

  leave(bytes: number): void {
    this.#bytes -= bytes;
  }
}
