// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { ApprovalView } from '../api/types.ts';
import { clockTime } from '../view/time.ts';
import { Untrusted } from './untrusted.tsx';

type Signature = ApprovalView['signatures'][number];

interface SaidPanelProps {
  readonly signatures: readonly Signature[];
  readonly endedBy: Signature | undefined;
  /** What the one who ended it made of it. */
  readonly state: string;
}

/** Who said what of an approval or a grant, when and by what. */
export function SaidPanel({ signatures, endedBy, state }: SaidPanelProps): JSX.Element | null {
  const all = [
    ...signatures.map((one) => ({ ...one, what: 'approved' })),
    ...(endedBy ? [{ ...endedBy, what: state }] : []),
  ];
  if (all.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="said-title">
      <div class="panel-head">
        <h2 id="said-title">What was said</h2>
      </div>
      <ul class="rules">
        {all.map(({ by, at, reason, what, passkey }) => (
          <li key={`${by.issuer} ${by.subject} ${what}`}>
            <div>
              <Untrusted text={by.subject} /> {what} <time dateTime={at}>{clockTime(at)}</time>
              <span class="muted">, {passkey === undefined ? 'by token' : 'signed with a passkey'}</span>
            </div>
            {reason === '' ? null : (
              <div class="muted">
                <Untrusted text={reason} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
