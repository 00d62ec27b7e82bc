// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { ApprovalState } from '../view/approval-words.ts';

const WORDS: Readonly<Record<ApprovalState, string>> = {
  pending: 'Waiting',
  approved: 'Approved',
  denied: 'Denied',
  expired: 'Expired',
  used: 'Used',
  withdrawn: 'Withdrawn',
};

/** Where an approval stands, in a word; its colour says nothing that the word does not. */
export function StateBadge({ state }: { readonly state: ApprovalState }): JSX.Element {
  return <span class={`badge badge-${state}`}>{WORDS[state]}</span>;
}
