// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { revokeGrant, signGrant } from '../api/grants.ts';
import type { Grant } from '../api/types.ts';
import { isOpen, mayRevoke, whyNoSignature } from '../view/grant-words.ts';
import { type Confirmation, ConfirmDialog } from './confirm-dialog.tsx';
import { NoPasskey } from './no-passkey.tsx';
import { ErrorNotice, Notice } from './notice.tsx';
import { ReasonField } from './reason-field.tsx';
import { useSession } from './session.ts';
import { useTask } from './use-task.ts';

interface GrantFormProps {
  readonly grant: Grant;
  readonly onSaid: () => void;
}

/** Where a person signs a grant, or denies it, with a passkey; or is told why they can't. */
export function GrantForm({ grant, onSaid }: GrantFormProps): JSX.Element | null {
  const { me } = useSession();
  const [reason, setReason] = useState('');
  const { busy, error, run } = useTask();
  if (!isOpen(grant)) return null;
  const no = whyNoSignature(grant, me);
  if (no !== undefined) return <Notice kind="info" title={no} />;
  if (me.passkeys === 0) return <NoPasskey signed="A grant" />;
  const say = (verdict: 'approve' | 'deny'): void =>
    run(() =>
      signGrant(verdict, grant, reason)
        .finally(onSaid)
        .then(() => undefined),
    );
  return (
    <section class="verdict" aria-label="Your answer">
      <p class="muted">
        You see the scope, not what will be done in it. Deny what is wide or long, and have it asked one by one.
      </p>
      <ReasonField hint="on record" value={reason} onChange={setReason} />
      <ErrorNotice error={error} />
      <div class="actions">
        {grant.state === 'pending' ? (
          <button type="button" class="danger" disabled={busy} onClick={() => say('deny')}>
            Deny with passkey
          </button>
        ) : null}
        <button type="button" class="primary" disabled={busy} onClick={() => say('approve')}>
          Sign with passkey
        </button>
      </div>
      <p class="sr-only" role="status">
        {busy ? 'Waiting for your passkey' : ''}
      </p>
    </section>
  );
}

/** Ends a grant at once, for whoever may. */
export function RevokeGrant({ grant, onSaid }: GrantFormProps): JSX.Element | null {
  const { me } = useSession();
  const [asked, setAsked] = useState<Confirmation>();
  if (!mayRevoke(grant, me)) return null;
  const confirmation: Confirmation = {
    title: 'Revoke this grant?',
    body: 'It ends at once, with every exec and watch that goes on by it. The agent is asked for each request again.',
    verb: 'Revoke grant',
    asksReason: true,
    act: async (reason) => {
      await revokeGrant(grant, reason);
      onSaid();
    },
  };
  return (
    <div class="actions">
      <button type="button" class="danger" onClick={() => setAsked(confirmation)}>
        Revoke
      </button>
      {asked ? <ConfirmDialog confirmation={asked} onClose={() => setAsked(undefined)} /> : null}
    </div>
  );
}
