// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { call } from '../api/call.ts';
import type { Policies, PolicyRule, PolicySet } from '../api/types.ts';
import { ExplainForm } from '../parts/explain-form.tsx';
import { Fact } from '../parts/fact.tsx';
import { ErrorNotice, Loading } from '../parts/notice.tsx';
import { Untrusted } from '../parts/untrusted.tsx';
import { useResource } from '../parts/use-resource.ts';
import { annotationWords, ruleEffect } from '../view/rule-words.ts';
import { clockTime } from '../view/time.ts';

function Rule({ rule }: { readonly rule: PolicyRule }): JSX.Element {
  const effect = ruleEffect(rule);
  const words = annotationWords(rule);
  return (
    <li>
      <details class="rule">
        <summary>
          <span class={`badge badge-${effect}`}>{effect}</span> <code>{rule.id}</code>
          {words.length === 0 ? null : <span class="muted"> {words.join(', ')}</span>}
          {rule.reason === undefined ? null : (
            <span class="rule-reason">
              <Untrusted text={rule.reason} />
            </span>
          )}
        </summary>
        <p class="muted">
          <Untrusted text={rule.file} />, line {rule.line}
        </p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it, too */}
        <pre class="rule-text" tabIndex={0}>
          {rule.text}
        </pre>
      </details>
    </li>
  );
}

function OneSet({ set, digest, rules }: PolicySet): JSX.Element {
  const title = `set-${set}`;
  return (
    <section class="panel" aria-labelledby={title}>
      <div class="panel-head">
        <h2 id={title}>
          <Untrusted text={set} />
        </h2>
        <span class="muted">
          {rules.length} rules, <code>{digest.slice(0, 19)}…</code>
        </span>
      </div>
      {rules.length === 0 ? (
        <p class="none muted">No rules of its own.</p>
      ) : (
        <ul class="rule-list">
          {rules.map((rule) => (
            <Rule key={rule.id} rule={rule} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** What is in force, since when, rule by rule; and what it would say of a request. */
export function PolicyPage(): JSX.Element {
  const { value, error, reload } = useResource('policies', 0, (signal) =>
    call<Policies>('GET', '/api/v1/policies', undefined, signal),
  );
  return (
    <section class="page policy" aria-labelledby="page-title">
      <header class="page-head">
        <h1 id="page-title">Policy</h1>
        <p class="muted">What is in force. Every cluster has its own set beside the organisation’s.</p>
      </header>
      <ErrorNotice error={error} />
      {value === undefined && error === undefined ? <Loading /> : null}
      {value === undefined ? null : (
        <>
          <div class="panel">
            <dl class="facts">
              <Fact name="In force since">{clockTime(value.since)}</Fact>
              <Fact name="Epoch">{value.epoch}</Fact>
              <Fact name="Digest of all">
                <code>{value.digest}</code>
              </Fact>
            </dl>
            <div class="actions policy-actions">
              <button type="button" onClick={reload}>
                Refresh
              </button>
            </div>
          </div>
          {value.sets.map((one) => (
            <OneSet key={one.set} {...one} />
          ))}
        </>
      )}
      <ExplainForm />
    </section>
  );
}
