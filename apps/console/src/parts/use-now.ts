// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';

const SECOND_MS = 1_000;

/** The time in ms, again each second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
