// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Lock } from '../api/types.ts';
import { visibleText } from '../view/visible-parts.ts';
import type { Confirmation } from './confirm-dialog.tsx';
import { lockConfirmation, unlockConfirmation } from './lock-actions.ts';
import { type RegisteredKind, stateConfirmation } from './state-actions.ts';

interface RowButtonProps {
  readonly kind: RegisteredKind;
  readonly id: string;
  readonly ask: (confirmation: Confirmation) => void;
  readonly done: () => void;
}

/** Locks one, or lifts its lock. */
export function LockButton({ kind, id, lock, ask, done }: RowButtonProps & { readonly lock?: Lock | undefined }) {
  const confirmation = lock ? unlockConfirmation : lockConfirmation;
  const name = visibleText(id);
  return (
    <button type="button" onClick={() => ask(confirmation(kind, id, name, done))}>
      {lock ? 'Unlock' : 'Lock'}
      <span class="sr-only"> {name}</span>
    </button>
  );
}

type StateButtonProps = RowButtonProps & { readonly source: 'config' | 'api'; readonly state: 'enabled' | 'disabled' };

/** Disables one, or enables it again; what the configuration file declares is disabled there. */
export function StateButton({ kind, id, source, state, ask, done }: StateButtonProps): JSX.Element | null {
  if (source === 'config') return null;
  const name = visibleText(id);
  return (
    <button type="button" onClick={() => ask(stateConfirmation(kind, id, name, state, done))}>
      {state === 'enabled' ? 'Disable' : 'Enable'}
      <span class="sr-only"> {name}</span>
    </button>
  );
}
