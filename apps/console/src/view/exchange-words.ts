// SPDX-License-Identifier: Apache-2.0

/** An exchange as far as its line in a list goes. */
export interface ExchangeLike {
  readonly id: string;
  readonly cluster?: string;
  readonly principal?: string;
  readonly request?: unknown;
  readonly decision?: { readonly effect: string; readonly rules: readonly string[] };
  readonly fault?: string;
  readonly status?: number;
  readonly state: string;
}

function partOf(request: unknown, name: string): string {
  const value: unknown = typeof request === 'object' && request !== null ? Reflect.get(request, name) : undefined;
  return typeof value === 'string' ? value : '';
}

/** What was asked for, as kubectl would say it: `delete configmaps/scale drafts in demo`. */
export function requestWords(request: unknown): string {
  const part = (name: string): string => partOf(request, name);
  const resource = [part('resource'), part('subresource')].filter(Boolean).join('/');
  const what = [part('verb'), resource || part('path'), part('name')].filter(Boolean).join(' ');
  const where = part('namespace');
  return [what || 'unknown', where && `in ${where}`].filter(Boolean).join(' ');
}

/** Whether each word of a search stands somewhere in what the list shows of an exchange; case doesn't count. */
export function matches(exchange: ExchangeLike, search: string): boolean {
  const { id, cluster, principal, request, decision, fault, status, state } = exchange;
  const all = [
    id,
    cluster,
    principal,
    requestWords(request),
    decision?.effect,
    ...(decision?.rules ?? []),
    fault,
    status,
    state,
  ];
  const text = all
    .filter((one) => one !== undefined)
    .join(' ')
    .toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
