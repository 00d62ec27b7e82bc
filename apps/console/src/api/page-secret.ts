// SPDX-License-Identifier: Apache-2.0

const KEY = 'countersign-page';

function taken(name: string): string | undefined {
  const element = document.querySelector(`meta[name="${name}"]`);
  element?.remove();
  return element?.getAttribute('content') ?? undefined;
}

/**
 * Takes what a login hands to the page that it ends at, and goes to where the person was. It is kept for this origin, of this
 * port, and shared by its tabs; the cookie goes to every port of the host, and opens nothing without it.
 */
export function takeHandover(): void {
  const page = taken('countersign-page');
  const to = taken('countersign-to');
  if (page !== undefined) localStorage.setItem(KEY, page);
  if (to !== undefined) history.replaceState(null, '', to);
}

/** The headers by which a request is one of this page's. */
export function pageHeaders(): Readonly<Record<string, string>> {
  return { 'countersign-console': '1', 'countersign-page': localStorage.getItem(KEY) ?? '' };
}

/** Forgets the session of whoever has signed out. */
export function forgetPage(): void {
  localStorage.removeItem(KEY);
}
