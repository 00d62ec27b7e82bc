// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type ListKind, listApprovals } from '../api/approvals.ts';
import { call } from '../api/call.ts';
import type { ApprovalView } from '../api/types.ts';
import { ApprovalCard } from '../parts/approval-card.tsx';
import { ApprovalList } from '../parts/approval-list.tsx';
import { Link } from '../parts/link.tsx';
import { Empty, ErrorNotice, Loading } from '../parts/notice.tsx';
import { useSession } from '../parts/session.ts';
import { useNow } from '../parts/use-now.ts';
import { useResource } from '../parts/use-resource.ts';
import { VerdictForm } from '../parts/verdict-form.tsx';
import { Withdraw } from '../parts/withdraw.tsx';
import { timeLeft } from '../view/time.ts';

const KINDS: readonly { readonly kind: ListKind; readonly name: string }[] = [
  { kind: 'open', name: 'Open' },
  { kind: 'day', name: 'Last 24 hours' },
];

function emptyText(kind: ListKind): JSX.Element {
  return kind === 'open' ? (
    <Empty title="Nothing waits for you.">
      When an agent asks for something that needs a countersignature, it appears here by itself.
    </Empty>
  ) : (
    <Empty title="Nothing was asked in the last 24 hours." />
  );
}

interface InboxProps {
  readonly selected: string | undefined;
  readonly now: number;
}

function Inbox({ selected, now }: InboxProps): JSX.Element {
  const { changes } = useSession();
  const [kind, setKind] = useState<ListKind>('open');
  const { value, error } = useResource(kind, changes, (signal) => listApprovals(kind, signal));
  const title = selected === undefined ? <h1>Approvals</h1> : <h2 class="page-title">Approvals</h2>;
  return (
    <section class="inbox" aria-label="Approvals">
      <div class="inbox-head">
        {title}
        <fieldset class="segments">
          <legend class="sr-only">Which approvals</legend>
          {KINDS.map((one) => (
            <label key={one.kind} class="segment">
              <input type="radio" name="kind" checked={one.kind === kind} onChange={() => setKind(one.kind)} />
              {one.name}
            </label>
          ))}
        </fieldset>
      </div>
      <ErrorNotice error={error} />
      {value === undefined ? error === undefined && <Loading /> : null}
      {value?.length === 0 ? emptyText(kind) : null}
      {value ? <ApprovalList approvals={value} selected={selected} now={now} /> : null}
    </section>
  );
}

interface DetailProps {
  readonly id: string;
  readonly now: number;
}

function Detail({ id, now }: DetailProps): JSX.Element {
  const { changesOf } = useSession();
  const [said, setSaid] = useState<ApprovalView>();
  const { value, error, reload } = useResource(id, changesOf(id), (signal) =>
    call<ApprovalView>('GET', `/api/v1/approvals/${id}`, undefined, signal),
  );
  // What was answered to a verdict is newer than what was read before it, until the change itself is heard of.
  const shown = said !== undefined && value?.state === 'pending' ? said : value;
  return (
    <section class="detail" aria-label="The approval">
      <Link to="/approvals" class="back">
        ← All approvals
      </Link>
      <ErrorNotice error={error} />
      {shown === undefined && error === undefined ? <Loading /> : null}
      {shown === undefined ? null : (
        <ApprovalCard approval={shown} now={now}>
          <VerdictForm
            approval={shown}
            isOver={timeLeft(shown.expiresAt, now).urgency === 'over'}
            onSaid={(answer) => (answer === undefined ? reload() : setSaid(answer))}
          />
          <Withdraw approval={shown} onSaid={reload} />
        </ApprovalCard>
      )}
    </section>
  );
}

/** The inbox, and beside it the approval that is open; on a phone one of them. */
export function ApprovalsPage({ id }: { readonly id: string | undefined }): JSX.Element {
  const now = useNow();
  return (
    <div class={id === undefined ? 'approvals' : 'approvals with-detail'}>
      <Inbox selected={id} now={now} />
      {id === undefined ? (
        <div class="detail detail-none">
          <Empty title="No approval is open.">Choose one to see what it would do.</Empty>
        </div>
      ) : (
        <Detail key={id} id={id} now={now} />
      )}
    </div>
  );
}
