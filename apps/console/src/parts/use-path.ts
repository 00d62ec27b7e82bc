// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';

const MOVED = 'countersign:moved';

/** Goes to another page of the console. */
export function goTo(path: string): void {
  history.pushState(null, '', path);
  dispatchEvent(new Event(MOVED));
}

/** The path of the page, again when it changes. */
export function usePath(): string {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const read = (): void => setPath(location.pathname);
    for (const name of [MOVED, 'popstate']) addEventListener(name, read);
    return () => {
      for (const name of [MOVED, 'popstate']) removeEventListener(name, read);
    };
  }, []);
  return path;
}
