// SPDX-License-Identifier: Apache-2.0
import { type FSWatcher, watch } from 'node:fs';

export interface WatchOptions {
  /** Look anyway after this long: the system's notices are lost on some file systems. */
  readonly pollMs: number;
  /** Quiet time after a notice before looking. */
  readonly quietMs: number;
}

/** Calls `look` after changes below `dir`, and from time to time without one. One call at a time; `look` never rejects. */
export function watchDirectory(dir: string, options: WatchOptions, look: () => Promise<void>): Disposable {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let looking = false;
  let again = false;
  let watcher: FSWatcher | undefined;

  const schedule = (delayMs: number) => {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(() => void run(), delayMs).unref();
  };
  const run = async () => {
    looking = true;
    again = false;
    if (!watcher) subscribe();
    await look();
    looking = false;
    schedule(again ? options.quietMs : options.pollMs);
  };
  const notice = () => {
    if (looking) again = true;
    else schedule(options.quietMs);
  };
  const subscribe = () => {
    try {
      watcher = watch(dir, { recursive: true, persistent: false }, notice);
      watcher.on('error', unsubscribe);
    } catch {
      watcher = undefined;
    }
  };
  const unsubscribe = () => {
    watcher?.close();
    watcher = undefined;
  };

  subscribe();
  schedule(options.pollMs);
  return {
    [Symbol.dispose]() {
      closed = true;
      clearTimeout(timer);
      unsubscribe();
    },
  };
}
