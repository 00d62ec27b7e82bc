// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { ApprovalView } from '../api/types.ts';
import { byUrgency, missingWords } from '../view/approval-words.ts';
import { pathOf } from '../view/route.ts';
import { timeLeft, timeSince } from '../view/time.ts';
import { Link } from './link.tsx';
import { StateBadge } from './state-badge.tsx';
import { Untrusted } from './untrusted.tsx';

interface ApprovalListProps {
  readonly approvals: readonly ApprovalView[];
  readonly selected: string | undefined;
  readonly now: number;
}

function timeOf({ state, expiresAt, askedAt }: ApprovalView, now: number): JSX.Element {
  if (state !== 'pending' && state !== 'approved') return <span class="when">{timeSince(askedAt, now)}</span>;
  const { text, urgency } = timeLeft(expiresAt, now);
  return <span class={`when left-${urgency}`}>{text} left</span>;
}

/** The approvals as a list of links, the most urgent first. */
export function ApprovalList({ approvals, selected, now }: ApprovalListProps): JSX.Element {
  return (
    <ul class="inbox-list">
      {[...approvals].sort(byUrgency).map((one) => (
        <li key={one.id}>
          <Link to={pathOf('approvals', one.id)} class="inbox-item" current={one.id === selected}>
            <span class="inbox-top">
              <StateBadge state={one.state} />
              {timeOf(one, now)}
            </span>
            <span class="inbox-action">
              <Untrusted text={one.action} />
            </span>
            <span class="inbox-who">
              <Untrusted text={one.agent} /> on <Untrusted text={one.cluster} />
              {one.state === 'pending' ? <> · wants {missingWords(one)}</> : null}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
