// SPDX-License-Identifier: Apache-2.0

/** What liveness needs of an HTTP/2 session and of time. */
export interface LivenessPorts {
  /** Sends one ping; MUST call `answered` when its answer comes. Throwing counts as no answer. */
  ping(answered: () => void): void;
  /** Calls `then` once after `ms`; returns the way to prevent it. */
  after(ms: number, then: () => void): () => void;
  /** Called once, when a ping had no answer in time. Nothing is called afterwards. */
  silent(): void;
}

/**
 * Pings a peer until told to stop, one ping at a time: the next goes out `intervalMs` after the last was answered. A
 * peer that stops answering is noticed at most `intervalMs + timeoutMs` later, although its socket stays open.
 */
export function watchLiveness(times: { intervalMs: number; timeoutMs: number }, ports: LivenessPorts): () => void {
  let stopped = false;
  let cancel = (): void => {};
  const stop = (): void => {
    stopped = true;
    cancel();
  };
  const next = (): void => {
    cancel = ports.after(times.intervalMs, probe);
  };
  const probe = (): void => {
    let pending = true;
    cancel = ports.after(times.timeoutMs, () => {
      stop();
      ports.silent();
    });
    const answered = (): void => {
      if (!pending || stopped) return;
      pending = false;
      cancel();
      next();
    };
    try {
      ports.ping(answered);
    } catch {
      pending = false;
    }
  };
  next();
  return stop;
}
