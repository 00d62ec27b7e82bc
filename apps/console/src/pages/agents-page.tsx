// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type Lockable, listLockable } from '../api/locks.ts';
import type { Agent } from '../api/types.ts';
import { type Confirmation, ConfirmDialog } from '../parts/confirm-dialog.tsx';
import type { Column } from '../parts/data-table.tsx';
import { ListPage } from '../parts/list-page.tsx';
import { LockBadge } from '../parts/lock-badge.tsx';
import { LockButton, StateButton } from '../parts/row-buttons.tsx';
import { useSession } from '../parts/session.ts';
import { Untrusted } from '../parts/untrusted.tsx';
import { useResource } from '../parts/use-resource.ts';
import { clockTime } from '../view/time.ts';

type Row = Lockable<Agent>;

const columns: readonly Column<Row>[] = [
  {
    name: 'Agent',
    cell: ({ id }) => (
      <strong>
        <Untrusted text={id} />
      </strong>
    ),
  },
  {
    name: 'State',
    cell: ({ lock, state }) => (lock ? <LockBadge lock={lock} /> : <span class={`badge badge-${state}`}>{state}</span>),
  },
  { name: 'Owner', cell: ({ owner }) => <Untrusted text={owner} /> },
  { name: 'Purpose', cell: ({ purpose }) => <Untrusted text={purpose} /> },
  { name: 'Clusters', cell: ({ clusters }) => <Untrusted text={Object.keys(clusters).join(', ')} /> },
  {
    name: 'Expires',
    cell: ({ expiresAt }) => (expiresAt === undefined ? 'never' : clockTime(expiresAt)),
    kind: 'number',
  },
];

/** The registered agents; operators disable, enable, lock and unlock them. */
export function AgentsPage(): JSX.Element {
  const { me } = useSession();
  const [asked, setAsked] = useState<Confirmation>();
  const resource = useResource('agents', 0, (signal) =>
    listLockable<Agent>('/api/v1/agents', 'agent', ({ id }) => id, signal),
  );
  const actions: Column<Row> = {
    name: 'Actions',
    kind: 'actions',
    cell: ({ id, lock, source, state }) => {
      const common = { kind: 'agent', id, ask: setAsked, done: resource.reload } as const;
      return (
        <>
          <StateButton {...common} source={source} state={state} />
          <LockButton {...common} lock={lock} />
        </>
      );
    },
  };
  return (
    <>
      <ListPage
        title="Agents"
        lead="Who may send requests, for whom and for what."
        resource={resource}
        columns={me.roles.includes('operator') ? [...columns, actions] : columns}
        keyOf={({ id }) => id}
        empty={{
          title: 'No agent is registered.',
          text: 'Agents are declared in the gateway’s configuration, or registered with countersign agents register.',
        }}
      />
      {asked ? <ConfirmDialog confirmation={asked} onClose={() => setAsked(undefined)} /> : null}
    </>
  );
}
