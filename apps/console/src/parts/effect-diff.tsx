// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { ApprovalView } from '../api/types.ts';
import { isSession, summaryWords } from '../view/approval-words.ts';
import { type DiffValue, diffCount, diffRows } from '../view/diff-rows.ts';
import { Notice } from './notice.tsx';
import { Untrusted } from './untrusted.tsx';

interface LineProps {
  readonly kind: 'goes' | 'comes';
  readonly value: DiffValue | undefined;
}

function Line({ kind, value }: LineProps): JSX.Element | null {
  if (value === undefined) return null;
  const { head, changed, tail } = value;
  return (
    <div class={`diff-line ${kind}`}>
      <span class="diff-sign" aria-hidden="true">
        {kind === 'goes' ? '−' : '+'}
      </span>
      <span class="sr-only">{kind === 'goes' ? 'before: ' : 'after: '}</span>
      <code>
        <Untrusted text={head} />
        {changed === '' ? null : (
          <mark>
            <Untrusted text={changed} />
          </mark>
        )}
        <Untrusted text={tail} />
      </code>
    </div>
  );
}

interface EffectDiffProps {
  readonly effect: ApprovalView['effect'];
  readonly action: string;
  /** Of one request of a plan: which, and what is said beside. */
  readonly part?: { readonly index: number; readonly count: number; readonly isUsed: boolean } | undefined;
}

function Title({ action, part }: Pick<EffectDiffProps, 'action' | 'part'>): JSX.Element {
  if (part === undefined) return <h2 id="effect-title">What it would do</h2>;
  return (
    <h2 id={`effect-title-${part.index}`}>
      {part.index} of {part.count}: <Untrusted text={action} />
      {part.isUsed ? ' (used)' : ''}
    </h2>
  );
}

/** What a request would do, field by field, as the API server said in a dry run; of a session what it would run, and where. */
export function EffectDiff({ action, effect, part }: EffectDiffProps): JSX.Element {
  const rows = diffRows(effect.changes);
  const summary = summaryWords(action, effect.summary);
  return (
    <section class="panel" aria-labelledby={part === undefined ? 'effect-title' : `effect-title-${part.index}`}>
      <div class="panel-head">
        <Title action={action} part={part} />
        <span class="muted">{isSession(action) ? '' : diffCount(rows)}</span>
      </div>
      {summary === '' ? null : (
        <p class="effect-summary">
          <Untrusted text={summary} />
        </p>
      )}
      {rows.length > 0 || effect.omitted > 0 ? null : (
        <p class="effect-summary muted">No field of an object changes.</p>
      )}
      {rows.length === 0 ? null : (
        <ol class="diff">
          {rows.map((row) => (
            <li key={row.path}>
              <div class="diff-path">
                <code>
                  <Untrusted text={row.path} />
                </code>
                <span class="sr-only">{row.kind}</span>
              </div>
              <div class="diff-values">
                <Line kind="goes" value={row.before} />
                <Line kind="comes" value={row.after} />
              </div>
            </li>
          ))}
        </ol>
      )}
      {effect.omitted === 0 ? null : (
        <Notice kind="warning" title={`${effect.omitted} more changes are not shown, or not to their end.`}>
          They may be what matters. Deny it and have it asked in smaller pieces, or say below that you accept them
          unseen.
        </Notice>
      )}
    </section>
  );
}
