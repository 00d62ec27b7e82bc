// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';

const MAX_REASON = 500;

interface ReasonFieldProps {
  /** Who reads it. */
  readonly hint: string;
  readonly value: string;
  readonly onChange: (reason: string) => void;
}

/** Where a person says why they sign, or don't. */
export function ReasonField({ hint, value, onChange }: ReasonFieldProps): JSX.Element {
  return (
    <label class="field">
      <span>
        Reason <span class="muted">— {hint}</span>
      </span>
      <textarea
        rows={2}
        maxLength={MAX_REASON}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}
