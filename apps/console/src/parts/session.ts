// SPDX-License-Identifier: Apache-2.0
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { LiveState } from '../api/live.ts';
import type { Me } from '../api/types.ts';

/** Whoever is signed in, and what all pages share. */
export interface SessionValue {
  readonly me: Me;
  readonly live: LiveState;
  /** Rises with each change of an approval, and when the connection is back. */
  readonly changes: number;
  /** The same for one approval alone: that it is looked at goes on record. */
  readonly changesOf: (id: string) => number;
  /** Reads anew who is signed in: what they may do, or how many passkeys they have, has changed. */
  readonly reloadMe: () => void;
}

const SessionContext = createContext<SessionValue | undefined>(undefined);

export const SessionProvider = SessionContext.Provider;

export function useSession(): SessionValue {
  const session = useContext(SessionContext);
  if (!session) throw new TypeError('a page is shown to whoever is signed in');
  return session;
}
