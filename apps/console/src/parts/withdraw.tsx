// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { withdraw } from '../api/approvals.ts';
import type { ApprovalView } from '../api/types.ts';
import { mayWithdraw } from '../view/approval-words.ts';
import { type Confirmation, ConfirmDialog } from './confirm-dialog.tsx';
import { useSession } from './session.ts';

interface WithdrawProps {
  readonly approval: ApprovalView;
  readonly onSaid: () => void;
}

/** Takes a countersignature back that has not been used. */
export function Withdraw({ approval, onSaid }: WithdrawProps): JSX.Element | null {
  const { me } = useSession();
  const [asked, setAsked] = useState<Confirmation>();
  if (!mayWithdraw(approval, me)) return null;
  const confirmation: Confirmation = {
    title: 'Withdraw this approval?',
    body: 'The request is not let through. Where it has been used meanwhile, it is too late.',
    verb: 'Withdraw',
    asksReason: true,
    act: async (reason) => {
      await withdraw(approval, reason);
      onSaid();
    },
  };
  return (
    <div class="actions">
      <button type="button" class="danger" onClick={() => setAsked(confirmation)}>
        Withdraw
      </button>
      {asked ? <ConfirmDialog confirmation={asked} onClose={() => setAsked(undefined)} /> : null}
    </div>
  );
}
