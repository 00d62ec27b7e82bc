// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly string[];
  readonly onChoice: (value: string) => void;
}

/** One of several, with its name. */
export function Choice({ label, value, choices, onChoice }: ChoiceProps): JSX.Element {
  return (
    <label class="field">
      {label}
      <select value={value} onChange={(event) => onChoice(event.currentTarget.value)}>
        {choices.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}
