// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useState } from 'preact/hooks';
import { isSignedOut } from '../api/call.ts';
import { useSession } from './session.ts';

/** What has been read last, and what went wrong since. Both: what is shown may be out of date. */
export interface Resource<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly reload: () => void;
}

interface Held<T> {
  readonly key: string;
  readonly value?: T;
  readonly error?: unknown;
}

/** Reads something when `key` changes, and again when `turn` does, while the last value stays. */
export function useResource<T>(key: string, turn: number, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const { reloadMe } = useSession();
  const [held, setHeld] = useState<Held<T>>({ key });
  const [own, setOwn] = useState(0);
  const reload = useCallback(() => setOwn((count) => count + 1), []);
  // Read again by `key`, which says what `load` reads, and by the turns.
  useEffect(() => {
    const ended = new AbortController();
    load(ended.signal).then(
      (value) => !ended.signal.aborted && setHeld({ key, value }),
      (error: unknown) => {
        if (ended.signal.aborted) return;
        if (isSignedOut(error)) reloadMe();
        setHeld((before) => (before.key === key ? { ...before, error } : { key, error }));
      },
    );
    return () => ended.abort();
  }, [key, turn, own]);
  const isOfKey = held.key === key;
  return { value: isOfKey ? held.value : undefined, error: isOfKey ? held.error : undefined, reload };
}
