// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';

interface TextFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly required?: boolean;
  readonly onValue: (value: string) => void;
}

/** A line of text with its name, and what to write there. */
export function TextField({ label, hint, value, required = false, onValue }: TextFieldProps): JSX.Element {
  return (
    <label class="field">
      <span>
        {label} <span class="muted">{hint}</span>
      </span>
      <input value={value} required={required} onInput={(event) => onValue(event.currentTarget.value)} />
    </label>
  );
}
