// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { countersign, type Verdict } from '../api/approvals.ts';
import type { ApprovalView } from '../api/types.ts';
import { whyNot } from '../view/approval-words.ts';
import { NoPasskey } from './no-passkey.tsx';
import { ErrorNotice, Notice } from './notice.tsx';
import { ReasonField } from './reason-field.tsx';
import { useSession } from './session.ts';
import { useTask } from './use-task.ts';

interface VerdictFormProps {
  readonly approval: ApprovalView;
  readonly isOver: boolean;
  /** Hears what has become of the approval; undefined when the gateway did not take it, and it must be read anew. */
  readonly onSaid: (approval: ApprovalView | undefined) => void;
}

interface UnseenProps {
  readonly count: number;
  readonly accepted: boolean;
  readonly onChange: (accepted: boolean) => void;
}

function Unseen({ count, accepted, onChange }: UnseenProps): JSX.Element | null {
  if (count === 0) return null;
  return (
    <label class="check">
      <input type="checkbox" checked={accepted} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>I accept {count} changes that I have not seen.</span>
    </label>
  );
}

/** Where a person says yes or no, with a passkey; or is told why they can't. */
export function VerdictForm({ approval, isOver, onSaid }: VerdictFormProps): JSX.Element | null {
  const { me } = useSession();
  const [reason, setReason] = useState('');
  const [accepted, setAccepted] = useState(false);
  const { busy, error, run } = useTask();
  if (approval.state !== 'pending') return null;
  const no = isOver ? 'Its time is over.' : whyNot(approval, me);
  if (no !== undefined) return <Notice kind="info" title={no} />;
  if (me.passkeys === 0) return <NoPasskey signed="A countersignature" />;
  const say = (verdict: Verdict): void =>
    run(() =>
      countersign(verdict, approval, reason).then(onSaid, (cause: unknown) => {
        onSaid(undefined);
        throw cause;
      }),
    );
  const { omitted } = approval.effect;
  return (
    <section class="verdict" aria-label="Your answer">
      <ReasonField
        hint="on record; of a no, it is what the agent reads: say what to do instead"
        value={reason}
        onChange={setReason}
      />
      <Unseen count={omitted} accepted={accepted} onChange={setAccepted} />
      <ErrorNotice error={error} />
      <div class="actions">
        <button type="button" class="danger" disabled={busy} onClick={() => say('deny')}>
          Deny with passkey
        </button>
        <button
          type="button"
          class="primary"
          disabled={busy || (omitted > 0 && !accepted)}
          onClick={() => say('approve')}
        >
          Approve with passkey
        </button>
      </div>
      <p class="sr-only" role="status">
        {busy ? 'Waiting for your passkey' : ''}
      </p>
    </section>
  );
}
