// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren, JSX } from 'preact';
import type { Grant } from '../api/types.ts';
import { missingWords } from '../view/approval-words.ts';
import { grantStateWords, lengthWords, scopeWords } from '../view/grant-words.ts';
import { timeLeft } from '../view/time.ts';
import { AgentFact, AskedFact, SaidFact } from './asker-facts.tsx';
import { Fact } from './fact.tsx';
import { GrantBadge } from './grant-badge.tsx';
import { SaidPanel } from './said-panel.tsx';
import { Untrusted } from './untrusted.tsx';

function Scope({ scope, seconds }: Grant): JSX.Element {
  const list = (words: readonly string[]): JSX.Element => <Untrusted text={words.join(', ')} />;
  const { verbs, resources, namespaces, names, labels } = scope;
  const named = namespaces.filter((one) => one !== '');
  return (
    <section class="panel" aria-labelledby="scope-title">
      <div class="panel-head">
        <h2 id="scope-title">What it would let through</h2>
        <span class="muted">for {lengthWords(seconds)} once it is in force</span>
      </div>
      <dl class="facts">
        <Fact name="Verbs">{list(verbs)}</Fact>
        <Fact name="Resources">{list(resources)}</Fact>
        <Fact name="Namespaces">
          {named.length === 0 ? null : list(named)}
          {named.length === namespaces.length ? null : <div>and what is in no namespace: the whole cluster</div>}
        </Fact>
        <Fact name="Names">{names === undefined ? <strong>any</strong> : list(names)}</Fact>
        {labels === undefined ? null : (
          <Fact name="Labels">
            <Untrusted text={labels.join(' and ')} />, before the request and after it
          </Fact>
        )}
      </dl>
    </section>
  );
}

/** Whom the rules take that were known to ask when it was asked for. */
function Signers({ requirements }: Pick<Grant, 'requirements'>): JSX.Element {
  if (requirements.length === 0)
    return <Fact name="Who signs">any approver: which rules ask hangs on the objects</Fact>;
  return (
    <Fact name="Who signs">
      {requirements.map(({ rule, group, quorum }) => (
        <div key={`${rule.set}/${rule.id}/${group}`}>
          {quorum} of <Untrusted text={group} />, by rule{' '}
          <code>
            <Untrusted text={`${rule.set}/${rule.id}`} />
          </code>
        </div>
      ))}
    </Fact>
  );
}

function leftWords({ state, expiresAt }: Grant, now: number): string {
  if (state !== 'pending' && state !== 'active') return '';
  const { text, urgency } = timeLeft(expiresAt, now);
  return urgency === 'over' ? 'over' : `${text} left`;
}

interface GrantCardProps {
  readonly grant: Grant;
  readonly now: number;
  /** What can be said of it. */
  readonly children: ComponentChildren;
}

/** A grant as its signers see it: whose it is, what for, how far it goes, and what was said of it. */
export function GrantCard({ grant, now, children }: GrantCardProps): JSX.Element {
  const { state, agent, owner, purpose, act, cluster, reason, askedAt, askedBy, scope, digest, id } = grant;
  return (
    <article class="card">
      <header class="card-head">
        <div class="card-state">
          <GrantBadge state={state} />
          <span class="muted">{leftWords(grant, now)}</span>
          {grant.missing.length === 0 ? null : <span class="muted">missing: {missingWords(grant)}</span>}
        </div>
        <h1 class="card-action">
          <Untrusted text={scopeWords(scope)} />
        </h1>
        <p class="muted">{grantStateWords(state)}</p>
      </header>
      <dl class="facts">
        <AgentFact agent={agent} owner={owner} />
        {act.length === 0 ? null : (
          <Fact name="Acts through">
            <Untrusted text={act.map(({ subject }) => subject).join(', ')} />
          </Fact>
        )}
        <SaidFact name="Purpose" text={purpose} />
        {askedBy === undefined ? null : (
          <Fact name="Asked by its owner">
            <Untrusted text={askedBy.subject} />
          </Fact>
        )}
        <SaidFact name={askedBy === undefined ? 'Its reason' : 'Their reason'} text={reason} />
        <Fact name="Cluster">
          <Untrusted text={cluster} />
        </Fact>
        <Signers {...grant} />
        <AskedFact askedAt={askedAt} now={now} />
      </dl>
      <Scope {...grant} />
      <SaidPanel signatures={grant.signatures} endedBy={grant.endedBy} state={state} />
      <details class="panel bound">
        <summary>What your signature is bound to</summary>
        <dl class="facts">
          <Fact name="Grant">
            <code>{id}</code>
          </Fact>
          <Fact name="Digest">
            <code>{digest}</code>
          </Fact>
        </dl>
      </details>
      {children}
    </article>
  );
}
