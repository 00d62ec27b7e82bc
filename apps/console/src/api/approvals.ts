// SPDX-License-Identifier: Apache-2.0
import { idFrom } from '../view/approval-words.ts';
import { call } from './call.ts';
import { assertPasskey } from './passkeys.ts';
import type { ApprovalView, Items } from './types.ts';

const DAY_MS = 86_400_000;
const PAGE = 200;
/** A day with more approvals than this has lost its approvers. */
const MAX_PAGES = 5;

export type ListKind = 'open' | 'day';
export type Verdict = 'approve' | 'deny';

/** What is open, or all that was asked in the last 24 hours. */
export async function listApprovals(kind: ListKind, signal: AbortSignal): Promise<readonly ApprovalView[]> {
  const found: ApprovalView[] = [];
  let after = kind === 'open' ? '' : idFrom(Date.now() - DAY_MS);
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = new URLSearchParams({ state: kind === 'open' ? 'open' : 'all', limit: String(PAGE), after });
    const { items, next } = await call<Items<ApprovalView>>('GET', `/api/v1/approvals?${query}`, undefined, signal);
    found.push(...items);
    if (next === undefined) break;
    after = next;
  }
  return found;
}

/**
 * Says yes or no to an approval as it was shown, signed with a passkey of whoever is signed in.
 * @throws CallError, PasskeyError
 */
export async function countersign(verdict: Verdict, shown: ApprovalView, reason: string): Promise<ApprovalView> {
  const path = `/api/v1/approvals/${encodeURIComponent(shown.id)}`;
  const said = { digest: shown.digest, reason, unseen: shown.effect.omitted };
  const { options } = await call<{ options: PublicKeyCredentialRequestOptionsJSON }>('POST', `${path}/challenge`, {
    verdict,
    ...said,
  });
  const assertion = await assertPasskey(options);
  return call('POST', `${path}/${verdict}`, { ...said, assertion });
}

/** Takes a yes back that has not been used. @throws CallError */
export function withdraw(shown: ApprovalView, reason: string): Promise<ApprovalView> {
  const said = { digest: shown.digest, reason, unseen: shown.effect.omitted };
  return call('POST', `/api/v1/approvals/${encodeURIComponent(shown.id)}/withdraw`, said);
}
