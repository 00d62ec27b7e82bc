// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { isSignedOut } from '../api/call.ts';
import { useSession } from './session.ts';

/** Something a person does: under way or not, and how it failed the last time. */
export interface Task {
  readonly busy: boolean;
  readonly error: unknown;
  /** Does it; a second one waits for nothing and is left out. */
  readonly run: (work: () => Promise<void>) => void;
}

export function useTask(): Task {
  const { reloadMe } = useSession();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const run = (work: () => Promise<void>): void => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    work()
      .catch((cause: unknown) => {
        if (isSignedOut(cause)) reloadMe();
        setError(cause);
      })
      .finally(() => setBusy(false));
  };
  return { busy, error, run };
}
