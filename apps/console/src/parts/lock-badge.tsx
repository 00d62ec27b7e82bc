// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Lock } from '../api/types.ts';
import { clockTime } from '../view/time.ts';
import { Untrusted } from './untrusted.tsx';

/** That something is locked, by whom and why. */
export function LockBadge({ lock: { by, reason, at } }: { readonly lock: Lock }): JSX.Element {
  return (
    <>
      <span class="badge badge-locked">locked</span>{' '}
      <span class="muted">
        by <Untrusted text={by} />, {clockTime(at)}
        {reason === '' ? null : (
          <>
            : <Untrusted text={reason} />
          </>
        )}
      </span>
    </>
  );
}
