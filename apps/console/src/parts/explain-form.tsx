// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { call } from '../api/call.ts';
import type { Explained } from '../api/types.ts';
import { Choice } from './choice.tsx';
import { ErrorNotice } from './notice.tsx';
import { TextField } from './text-field.tsx';
import { Untrusted } from './untrusted.tsx';
import { useTask } from './use-task.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

interface Question {
  readonly agent: string;
  readonly groups: string;
  readonly cluster: string;
  readonly method: string;
  readonly target: string;
  readonly body: string;
}

const NOTHING: Question = { agent: '', groups: '', cluster: '', method: 'GET', target: '', body: '' };

function ask({ groups, body, ...asked }: Question): Promise<Explained> {
  const listed = groups
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  return call('POST', '/api/v1/explain', {
    ...asked,
    ...(listed.length === 0 ? {} : { groups: listed }),
    ...(body.trim() === '' ? {} : { body }),
  });
}

function Sentences({
  title,
  lines,
}: {
  readonly title: string;
  readonly lines: readonly string[];
}): JSX.Element | null {
  if (lines.length === 0) return null;
  return (
    <div class="answer-part">
      <h3>{title}</h3>
      <ul class="sentences">
        {lines.map((line) => (
          <li key={line}>
            <Untrusted text={line} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Answer({ explained }: { readonly explained: Explained }): JSX.Element {
  const { effect, summary, rules, approvers, because, change } = explained;
  const who = approvers.map(({ group, quorum }) => `${quorum === 1 ? 'one' : quorum} of ${group}`);
  return (
    <section class="answer" aria-label="The answer" aria-live="polite">
      <p>
        <span class={`badge badge-${effect}`}>{effect}</span> <Untrusted text={summary} />
      </p>
      <Sentences title="Rules" lines={rules} />
      <Sentences title="Who would countersign it" lines={who} />
      <Sentences title="Why" lines={because} />
      <Sentences title="What would have to be different" lines={change} />
    </section>
  );
}

/** Asks policy about a request that nobody sends. */
export function ExplainForm(): JSX.Element {
  const [question, setQuestion] = useState(NOTHING);
  const [explained, setExplained] = useState<Explained>();
  const { busy, error, run } = useTask();
  const set =
    (name: keyof Question) =>
    (value: string): void =>
      setQuestion((before) => ({ ...before, [name]: value }));
  const submit = (event: Event): void => {
    event.preventDefault();
    setExplained(undefined);
    run(async () => setExplained(await ask(question)));
  };
  const { agent, groups, cluster, method, target, body } = question;
  return (
    <section class="panel explain" aria-labelledby="explain-title">
      <div class="panel-head">
        <h2 id="explain-title">Explain a request</h2>
        <span class="muted">nothing is sent, nobody is asked</span>
      </div>
      <form class="explain-form" onSubmit={submit}>
        <TextField label="Agent" hint="its id" required value={agent} onValue={set('agent')} />
        <TextField label="Cluster" hint="" required value={cluster} onValue={set('cluster')} />
        <TextField label="Groups" hint="of its token" value={groups} onValue={set('groups')} />
        <Choice label="Method" value={method} choices={METHODS} onChoice={set('method')} />
        <div class="wide">
          <TextField
            label="Target"
            hint="path of the API server with its query"
            required
            value={target}
            onValue={set('target')}
          />
        </div>
        <label class="field wide">
          <span>
            Body <span class="muted">JSON, of a create, update or patch</span>
          </span>
          <textarea rows={3} value={body} onInput={(event) => set('body')(event.currentTarget.value)} />
        </label>
        <ErrorNotice error={error} />
        <div class="actions wide">
          <button type="submit" class="primary" disabled={busy}>
            Explain
          </button>
        </div>
      </form>
      {explained === undefined ? null : <Answer explained={explained} />}
    </section>
  );
}
