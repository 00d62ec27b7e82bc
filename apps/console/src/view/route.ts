// SPDX-License-Identifier: Apache-2.0

/** The pages that have an entry in the navigation, by the first part of their path. */
export const PAGES = [
  'approvals',
  'grants',
  'break-glass',
  'sessions',
  'agents',
  'clusters',
  'policy',
  'exchanges',
  'passkeys',
] as const;

export type Page = (typeof PAGES)[number];

/** Where somebody is: a page, and on those that have single ones the one that is open. */
export type Route = { readonly page: Page; readonly id?: string } | { readonly page: 'unknown' };

const WITH_ONES: ReadonlySet<Page> = new Set(['approvals', 'grants', 'sessions']);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Reads the path of a location; `/` is the page of approvals. */
export function routeOf(path: string): Route {
  if (path === '/') return { page: 'approvals' };
  const [first, second, ...more] = path.slice(1).split('/');
  const page = PAGES.find((known) => known === first);
  if (!page || more.length > 0) return { page: 'unknown' };
  if (second === undefined) return { page };
  return WITH_ONES.has(page) && UUID.test(second) ? { page, id: second } : { page: 'unknown' };
}

export function pathOf(page: Page, id?: string): string {
  return id === undefined ? `/${page}` : `/${page}/${id}`;
}
