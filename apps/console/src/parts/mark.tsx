// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';

/** The product's mark and name. */
export function Mark(): JSX.Element {
  return (
    <span class="mark">
      <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
        <rect width="16" height="16" rx="3" class="mark-ground" />
        <path d="M3.5 11.5h9M4 8.2l2.3 2.1L12 4" class="mark-stroke" />
      </svg>
      Countersign
    </span>
  );
}
