// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { GrantState } from '../api/types.ts';

const WORDS: Readonly<Record<GrantState, string>> = {
  pending: 'Waiting',
  active: 'In force',
  denied: 'Denied',
  expired: 'Expired',
  revoked: 'Revoked',
  withdrawn: 'Withdrawn',
};

/** Where a grant stands, in a word; its colour says nothing that the word does not. */
export function GrantBadge({ state }: { readonly state: GrantState }): JSX.Element {
  return <span class={`badge badge-${state === 'active' ? 'approved' : state}`}>{WORDS[state]}</span>;
}
