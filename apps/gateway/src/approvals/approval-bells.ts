// SPDX-License-Identifier: Apache-2.0

/** Wakes those that wait for an approval, when something becomes of it at this gateway. */
export class ApprovalBells {
  readonly #waiting = new Map<string, Set<() => void>>();

  ring(approval: string): void {
    for (const wake of this.#waiting.get(approval) ?? []) wake();
  }

  /**
   * Resolves at the next ring, or after `ms`; rejects with the signal's reason. MUST be called before what is waited for
   * is looked at: a ring in between would be lost.
   */
  next(approval: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(approval) ?? new Set();
      this.#waiting.set(approval, waiting);
      const settle = (act: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        waiting.delete(wake);
        if (waiting.size === 0 && this.#waiting.get(approval) === waiting) this.#waiting.delete(approval);
        act();
      };
      const wake = () => settle(resolve);
      const onAbort = () => settle(() => reject(signal.reason));
      const timer = setTimeout(wake, ms);
      waiting.add(wake);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
    });
  }
}
