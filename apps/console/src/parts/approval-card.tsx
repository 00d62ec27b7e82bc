// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren, JSX } from 'preact';
import type { ApprovalView } from '../api/types.ts';
import { missingWords, stateWords } from '../view/approval-words.ts';
import { clockTime, timeLeft } from '../view/time.ts';
import { AgentFact, AskedFact, SaidFact } from './asker-facts.tsx';
import { EffectDiff } from './effect-diff.tsx';
import { Fact } from './fact.tsx';
import { RiskPanel } from './risk-panel.tsx';
import { SaidPanel } from './said-panel.tsx';
import { StateBadge } from './state-badge.tsx';
import { Untrusted } from './untrusted.tsx';

function Countdown({ approval, now }: { readonly approval: ApprovalView; readonly now: number }): JSX.Element | null {
  const { state, expiresAt } = approval;
  if (state !== 'pending' && state !== 'approved') return null;
  const { text, urgency } = timeLeft(expiresAt, now);
  return (
    <span
      class={`countdown left-${urgency}`}
      role="timer"
      aria-label={`time left: ${text}`}
      title={clockTime(expiresAt)}
    >
      {text}
      <small>{urgency === 'over' ? ' over' : ' left'}</small>
    </span>
  );
}

function Who({ approval, now }: { readonly approval: ApprovalView; readonly now: number }): JSX.Element {
  const { agent, owner, purpose, act, cluster, reason, askedAt } = approval;
  return (
    <dl class="facts">
      <AgentFact agent={agent} owner={owner} />
      {act.length === 0 ? null : (
        <Fact name="Acts through">
          {act.map(({ subject }) => (
            <span class="chain" key={subject}>
              <Untrusted text={subject} />
            </span>
          ))}
        </Fact>
      )}
      <SaidFact name="Purpose" text={purpose} />
      {reason === undefined ? null : (
        <Fact name="It says why">
          <Untrusted text={reason} />
        </Fact>
      )}
      <Fact name="Cluster">
        <Untrusted text={cluster} />
      </Fact>
      <AskedFact askedAt={askedAt} now={now} />
    </dl>
  );
}

function Rules({ approval }: { readonly approval: ApprovalView }): JSX.Element {
  return (
    <section class="panel" aria-labelledby="rules-title">
      <div class="panel-head">
        <h2 id="rules-title">Why it needs you</h2>
        {approval.missing.length === 0 ? null : <span class="muted">missing: {missingWords(approval)}</span>}
      </div>
      <ul class="rules">
        {approval.requirements.map(({ rule, group, quorum, reason }) => (
          <li key={`${rule.set}/${rule.id}`}>
            <div>{reason === undefined ? 'The rule gives no reason.' : <Untrusted text={reason} />}</div>
            <div class="muted">
              Rule{' '}
              <code>
                {rule.set}/{rule.id}
              </code>{' '}
              wants {quorum === 1 ? 'one' : quorum} of <code>{group}</code>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Bound({ approval }: { readonly approval: ApprovalView }): JSX.Element {
  const { id, exchange, session, digest, policyDigest } = approval;
  const all = { Approval: id, Request: exchange, Session: session, Digest: digest, Policy: policyDigest };
  return (
    <details class="panel bound">
      <summary>What your signature is bound to</summary>
      <dl class="facts">
        {Object.entries(all).map(([name, value]) => (
          <Fact key={name} name={name}>
            <code>{value === '' ? 'none' : value}</code>
          </Fact>
        ))}
      </dl>
    </details>
  );
}

/** What it would do; of a plan, what each of its requests would. */
function Effects({ approval: { action, effect, members } }: { readonly approval: ApprovalView }): JSX.Element {
  if (members === undefined) return <EffectDiff action={action} effect={effect} />;
  return (
    <>
      {members.map((one, index) => {
        const part = { index: index + 1, count: members.length, isUsed: one.usedBy !== undefined };
        return <EffectDiff key={part.index} action={one.action} effect={one.effect} part={part} />;
      })}
    </>
  );
}

interface ApprovalCardProps {
  readonly approval: ApprovalView;
  readonly now: number;
  /** Where the person says yes or no. */
  readonly children?: ComponentChildren;
}

/** All that an approver has to see: who asks, for whom, why, what it would do, and what is not shown. */
export function ApprovalCard({ approval, now, children }: ApprovalCardProps): JSX.Element {
  return (
    <article class="card" aria-labelledby="card-title">
      <header class="card-head">
        <div class="card-state">
          <StateBadge state={approval.state} />
          <Countdown approval={approval} now={now} />
        </div>
        <h1 id="card-title" class="card-action">
          <Untrusted text={approval.action} />
        </h1>
        {approval.state === 'pending' ? null : <p class="muted">{stateWords(approval)}</p>}
      </header>
      <Who approval={approval} now={now} />
      <RiskPanel approval={approval} />
      <Effects approval={approval} />
      <Rules approval={approval} />
      <SaidPanel signatures={approval.signatures} endedBy={approval.endedBy} state={approval.state} />
      {children}
      <Bound approval={approval} />
    </article>
  );
}
