// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ErrorNotice } from './notice.tsx';
import { useTask } from './use-task.ts';

export interface Confirmation {
  readonly title: string;
  readonly body: ComponentChildren;
  /** What the button says that does it. */
  readonly verb: string;
  readonly asksReason?: boolean;
  readonly act: (reason: string) => Promise<void>;
}

interface ConfirmDialogProps {
  readonly confirmation: Confirmation;
  readonly onClose: () => void;
}

const MAX_REASON = 500;

/** Asks whether somebody means it. It closes once it is done; where that fails, it stays and says why. */
export function ConfirmDialog({ confirmation, onClose }: ConfirmDialogProps): JSX.Element {
  const { title, body, verb, asksReason = false, act } = confirmation;
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const { busy, error, run } = useTask();
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    run(async () => {
      await act(reason);
      onClose();
    });
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="dialog-title" onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id="dialog-title">{title}</h2>
        <div class="dialog-body">{body}</div>
        {asksReason ? (
          <label class="field">
            Reason
            <input value={reason} maxLength={MAX_REASON} onInput={(event) => setReason(event.currentTarget.value)} />
          </label>
        ) : null}
        <ErrorNotice error={error} />
        <div class="actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="danger" disabled={busy}>
            {verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}
