// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { askForGrant } from '../api/grants.ts';
import { listAll } from '../api/list-all.ts';
import type { Agent } from '../api/types.ts';
import { GRANT_VERBS, type GrantQuestion, grantBodyOf, whatIsMissing } from '../view/grant-question.ts';
import { pathOf } from '../view/route.ts';
import { Choice } from './choice.tsx';
import { ErrorNotice, Loading, Notice } from './notice.tsx';
import { ReasonField } from './reason-field.tsx';
import { useSession } from './session.ts';
import { TextField } from './text-field.tsx';
import { goTo } from './use-path.ts';
import { useResource } from './use-resource.ts';
import { useTask } from './use-task.ts';

/** Sets one of what is filled in. */
type Fill = <Name extends keyof GrantQuestion>(name: Name, value: GrantQuestion[Name]) => void;

interface TickProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onTick: (isOn: boolean) => void;
}

function Tick({ label, isOn, onTick }: TickProps): JSX.Element {
  return (
    <label class="tick">
      <input type="checkbox" checked={isOn} onChange={(event) => onTick(event.currentTarget.checked)} />
      {label}
    </label>
  );
}

function Verbs({ verbs, fill }: { readonly verbs: readonly string[]; readonly fill: Fill }): JSX.Element {
  const tick = (verb: string, isOn: boolean): void =>
    fill('verbs', isOn ? [...verbs, verb] : verbs.filter((one) => one !== verb));
  return (
    <fieldset class="wide">
      <legend class="field">Verbs</legend>
      <div class="ticks">
        {GRANT_VERBS.map((verb) => (
          <Tick key={verb} label={verb} isOn={verbs.includes(verb)} onTick={(isOn) => tick(verb, isOn)} />
        ))}
      </div>
    </fieldset>
  );
}

/** Where a scope reaches. */
function Reach({ question, fill }: { readonly question: GrantQuestion; readonly fill: Fill }): JSX.Element {
  const { resources, namespaces, clusterWide, names, labels } = question;
  return (
    <>
      <TextField
        label="Resources"
        hint="pods, deployments.apps"
        required
        value={resources}
        onValue={(value) => fill('resources', value)}
      />
      <TextField
        label="Namespaces"
        hint="demo, staging"
        value={namespaces}
        onValue={(value) => fill('namespaces', value)}
      />
      <TextField label="Names" hint="any, if empty" value={names} onValue={(value) => fill('names', value)} />
      <TextField label="Labels" hint="all of them: app=web" value={labels} onValue={(value) => fill('labels', value)} />
      <div class="wide">
        <Tick
          label="Also what is in no namespace: the whole cluster"
          isOn={clusterWide}
          onTick={(isOn) => fill('clusterWide', isOn)}
        />
      </div>
    </>
  );
}

const clustersOf = (agents: readonly Agent[], id: string): readonly string[] =>
  Object.keys(agents.find((one) => one.id === id)?.clusters ?? {});

function questionFor([first]: readonly Agent[]): GrantQuestion {
  const chosen = { agent: first?.id ?? '', cluster: Object.keys(first?.clusters ?? {})[0] ?? '', verbs: [] };
  const nothing = { resources: '', namespaces: '', clusterWide: false, names: '', labels: '', reason: '' };
  return { ...chosen, ...nothing, minutes: '15' };
}

function GrantQuestionForm({ agents }: { readonly agents: readonly Agent[] }): JSX.Element {
  const [question, setQuestion] = useState(() => questionFor(agents));
  const [missing, setMissing] = useState<string>();
  const { busy, error, run } = useTask();
  const fill: Fill = (name, value) => setQuestion((before) => ({ ...before, [name]: value }));
  const chooseAgent = (agent: string): void =>
    setQuestion((before) => ({ ...before, agent, cluster: clustersOf(agents, agent)[0] ?? '' }));
  const submit = (event: Event): void => {
    event.preventDefault();
    const what = whatIsMissing(question);
    setMissing(what);
    if (what === undefined) run(async () => goTo(pathOf('grants', (await askForGrant(grantBodyOf(question))).id)));
  };
  const { agent, cluster, verbs, minutes, reason } = question;
  return (
    <form class="explain-form" onSubmit={submit}>
      <Choice label="Agent" value={agent} choices={agents.map(({ id }) => id)} onChoice={chooseAgent} />
      <Choice
        label="Cluster"
        value={cluster}
        choices={clustersOf(agents, agent)}
        onChoice={(value) => fill('cluster', value)}
      />
      <TextField
        label="Minutes"
        hint="once it is in force"
        required
        value={minutes}
        onValue={(value) => fill('minutes', value)}
      />
      <Verbs verbs={verbs} fill={fill} />
      <Reach question={question} fill={fill} />
      <div class="wide">
        <ReasonField hint="approvers read it" value={reason} onChange={(value) => fill('reason', value)} />
      </div>
      {missing === undefined ? null : <Notice kind="error" title={missing} />}
      <ErrorNotice error={error} />
      <div class="actions wide">
        <button type="submit" class="primary" disabled={busy}>
          Ask for it
        </button>
      </div>
    </form>
  );
}

/** Where an owner asks for a grant for an agent of theirs; nothing for whoever owns none. */
export function GrantRequest(): JSX.Element | null {
  const { roles, agents } = useSession().me;
  const [isOpen, setOpen] = useState(false);
  const isOwner = roles.includes('owner') && agents.length > 0;
  if (!isOwner) return null;
  return (
    <details class="panel ask-grant" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Ask for a grant for an agent of yours</summary>
      {isOpen ? <OwnGrantRequest ids={agents} /> : null}
    </details>
  );
}

function OwnGrantRequest({ ids }: { readonly ids: readonly string[] }): JSX.Element {
  const { value, error } = useResource('own-agents', 0, (signal) => listAll<Agent>('/api/v1/agents', signal));
  if (error !== undefined) return <ErrorNotice error={error} />;
  const own = value?.filter(({ id, state }) => ids.includes(id) && state === 'enabled');
  if (own === undefined) return <Loading />;
  if (own.length === 0) return <Notice kind="info" title="None of your agents is enabled." />;
  return <GrantQuestionForm agents={own} />;
}
