// SPDX-License-Identifier: Apache-2.0
import type { Notice } from './notice.ts';

/** Where people see an approval, in a console at `origin`; undefined where there is no console. */
export function approvalUrl(approval: string, origin: string | undefined): string | undefined {
  return origin === undefined ? undefined : `${origin}${approvalPath(approval)}`;
}

function approvalPath(approval: string): string {
  return `/approvals/${approval}`;
}

function pathOf({ type, about }: Notice): string | undefined {
  if (about.approval !== undefined) return approvalPath(about.approval);
  switch (type) {
    case 'denials':
    case 'undecided':
    case 'first-use':
      return '/exchanges';
    case 'lock':
    case 'unlock':
      return about.lock === 'session' ? '/sessions' : '/agents';
    default:
      return undefined;
  }
}

/** Where people see more of it, in a console at `origin`; none where there is no console, or no page of it. */
export function linkOf(notice: Notice, origin: string | undefined): string | undefined {
  const path = pathOf(notice);
  return origin === undefined || path === undefined ? undefined : `${origin}${path}`;
}
