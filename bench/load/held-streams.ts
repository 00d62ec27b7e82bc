// SPDX-License-Identifier: Apache-2.0
import { type AnswerHead, openConnections } from './connections.ts';
import type { HoldCall } from './load-call.ts';

/** Opened at the same time: an API server lets only so many watches begin at once. */
const OPENING = 64;

/** Answers that have begun and have no end, as those of watches, each a stream of a connection that it shares. */
export class HeldStreams {
  readonly #connections = new Set<{ close(): void }>();
  #open = 0;

  /** How many are still open. */
  get count(): number {
    return this.#open;
  }

  /**
   * Opens so many, beside those that are open; resolves when each has its head.
   * @throws TypeError for a status other than 200
   */
  async open({ target, count, perConnection }: HoldCall): Promise<void> {
    const connections = openConnections('h2', target);
    this.#connections.add(connections);
    let next = 0;
    const opening = async (): Promise<void> => {
      while (next < count) {
        const index = next;
        next += 1;
        const path = target.paths[index % target.paths.length] ?? '';
        this.#hold(await connections.ask(Math.floor(index / perConnection), path, target.headers));
      }
    };
    await Promise.all(Array.from({ length: OPENING }, opening));
  }

  close(): void {
    for (const connections of this.#connections) connections.close();
    this.#connections.clear();
  }

  #hold({ status, body }: AnswerHead): void {
    if (status !== 200) throw new TypeError(`status ${status}`);
    this.#open += 1;
    body.on('error', () => {});
    body.once('close', () => {
      this.#open -= 1;
    });
    body.resume();
  }
}
