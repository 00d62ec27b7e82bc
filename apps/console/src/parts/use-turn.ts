// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';

/** What comes and goes without an event is read again this often. */
const REFRESH_MS = 5_000;

/** A count that rises every few seconds while somebody sees the page: each read is on record. */
export function useTurn(): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setTurn((count) => count + 1), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  return turn;
}
