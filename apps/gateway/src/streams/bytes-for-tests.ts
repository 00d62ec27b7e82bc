// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';

/** The bytes of an agent that has some until it is told otherwise, and then never again. */
export class LastBytes {
  isOut: boolean;
  /** Of all who have waited for more. */
  readonly signals: AbortSignal[] = [];
  readonly #onWait: () => void;

  constructor(isOut: boolean, onWait: () => void = () => {}) {
    this.isOut = isOut;
    this.#onWait = onWait;
  }

  readonly hasBytes = async (signal: AbortSignal): Promise<void> => {
    if (!this.isOut) return;
    this.signals.push(signal);
    this.#onWait();
    if (!signal.aborted) await once(signal, 'abort');
    signal.throwIfAborted();
  };

  /** Whether anybody has waited, and nobody does any more. */
  get isOver(): boolean {
    return this.signals.length > 0 && this.signals.every(({ aborted }) => aborted);
  }
}
