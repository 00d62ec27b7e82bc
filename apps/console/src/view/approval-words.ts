// SPDX-License-Identifier: Apache-2.0
import type { ApprovalView } from '@countersign/wire';

export type ApprovalState = ApprovalView['state'];

/** Who is signed in, as far as a countersignature is concerned. */
export interface Countersigner {
  readonly issuer: string;
  readonly subject: string;
  readonly approverGroups: readonly string[];
}

const count = (number: number, group: string): string => (number === 1 ? group : `${number} of ${group}`);

/** Who must still say yes: `2 of platform and security`. */
export function missingWords({ missing }: Pick<ApprovalView, 'missing'>): string {
  return missing.map(({ group, count: number }) => count(number, group)).join(' and ');
}

/** What a summary says beyond the action that stands above it; what it says otherwise is told whole. */
export function summaryWords(action: string, summary: string): string {
  if (summary === action) return '';
  return summary.startsWith(`${action}; `) ? summary.slice(action.length + 2) : summary;
}

/** Whether it is about a session, which is told by what it would run and where: no field of an object changes by it. */
export function isSession(action: string): boolean {
  return /^(?:exec|attach|portforward) /.test(action);
}

/** What a state means for the request, in a sentence. */
export function stateWords({ state, usedBy, members }: Pick<ApprovalView, 'state' | 'usedBy' | 'members'>): string {
  const used = members?.filter((one) => one.usedBy !== undefined).length;
  switch (state) {
    case 'pending':
      return 'The request waits for a countersignature.';
    case 'approved':
      return members === undefined
        ? 'Countersigned. It is good for one use of this very request.'
        : `Countersigned. Each of its requests is good for one use; ${used} of ${members.length} are used.`;
    case 'denied':
      return 'Denied. The agent was told why; nothing was done.';
    case 'expired':
      return 'Nobody countersigned it in time; nothing was done.';
    case 'used':
      return usedBy === undefined ? 'Countersigned and used.' : `Countersigned, and used by request ${usedBy}.`;
    case 'withdrawn':
      return 'The countersignature was taken back before it was used.';
  }
}

/**
 * Why somebody has nothing to say of an approval, in a sentence; undefined where they may. The gateway decides: this only
 * keeps them from signing in vain.
 */
export function whyNot(approval: ApprovalView, person: Countersigner): string | undefined {
  if (approval.state !== 'pending') return stateWords(approval);
  const signed = approval.signatures.some(({ by }) => by.issuer === person.issuer && by.subject === person.subject);
  if (signed) return `You have countersigned this. Still missing: ${missingWords(approval)}.`;
  if (approval.missing.some(({ group }) => person.approverGroups.includes(group))) return undefined;
  return `You are in none of the groups that must countersign this: ${missingWords(approval)}.`;
}

/** Whether somebody may take back what was said of an approval: whoever may countersign it, as long as it is not used. */
export function mayWithdraw({ state, requirements }: ApprovalView, person: Countersigner): boolean {
  return state === 'approved' && requirements.some(({ group }) => person.approverGroups.includes(group));
}

/** An approval that waits first, then the one with the least time, then what ended last. */
export function byUrgency(a: ApprovalView, b: ApprovalView): number {
  const waits = (one: ApprovalView): number => (one.state === 'pending' ? 0 : 1);
  if (waits(a) !== waits(b)) return waits(a) - waits(b);
  const [first, second] = a.state === 'pending' ? [a.expiresAt, b.expiresAt] : [b.askedAt, a.askedAt];
  return first < second ? -1 : Number(first > second);
}

/** The least id that an approval of that time or later can have: ids begin with their time, so a page can start there. */
export function idFrom(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0').slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
