// SPDX-License-Identifier: Apache-2.0

/** Less than any `Retry-After`: whoever heeds that loses nothing by it. */
const WAIT_MS = 100;
const MAX_WAITING = 256;

/**
 * Makes an agent that is over a limit wait for its refusal. Who asks again at once, whatever `Retry-After` says, asks ten times
 * a second on each of the streams that it has, in place of as often as it can be refused.
 */
export class SlowRefusals {
  readonly #waiting = new Map<string, number>();

  /** Resolves after a tenth of a second, once the caller has gone, or at once where 256 of the agent wait already. */
  async wait(agent: string, gone: AbortSignal): Promise<void> {
    const waiting = this.#waiting.get(agent) ?? 0;
    if (waiting >= MAX_WAITING || gone.aborted) return;
    this.#waiting.set(agent, waiting + 1);
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const timer = setTimeout(end, WAIT_MS);
    const onGone = () => end();
    gone.addEventListener('abort', onGone, { once: true });
    await over;
    clearTimeout(timer);
    gone.removeEventListener('abort', onGone);
    this.#leave(agent);
  }

  #leave(agent: string): void {
    const left = (this.#waiting.get(agent) ?? 1) - 1;
    if (left === 0) this.#waiting.delete(agent);
    else this.#waiting.set(agent, left);
  }
}
