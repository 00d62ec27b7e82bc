// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type Lockable, listLockable } from '../api/locks.ts';
import type { Agent } from '../api/types.ts';
import { type Confirmation, ConfirmDialog } from '../parts/confirm-dialog.tsx';
import type { Column } from '../parts/data-table.tsx';
import { ListPage } from '../parts/list-page.tsx';
import { lockConfirmation, unlockConfirmation } from '../parts/lock-actions.ts';
import { LockBadge } from '../parts/lock-badge.tsx';
import { useSession } from '../parts/session.ts';
import { Untrusted } from '../parts/untrusted.tsx';
import { useResource } from '../parts/use-resource.ts';
import { clockTime } from '../view/time.ts';
import { visibleText } from '../view/visible-parts.ts';

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

/** The registered agents; operators lock and unlock them. */
export function AgentsPage(): JSX.Element {
  const { me } = useSession();
  const [asked, setAsked] = useState<Confirmation>();
  const resource = useResource('agents', 0, (signal) =>
    listLockable<Agent>('/api/v1/agents', 'agent', ({ id }) => id, signal),
  );
  const actions: Column<Row> = {
    name: 'Actions',
    kind: 'actions',
    cell: ({ id, lock }) => {
      const ask = lock ? unlockConfirmation : lockConfirmation;
      const name = visibleText(id);
      return (
        <button type="button" onClick={() => setAsked(ask('agent', id, name, resource.reload))}>
          {lock ? 'Unlock' : 'Lock'}
          <span class="sr-only"> {name}</span>
        </button>
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
        empty={{ title: 'No agent is registered.', text: 'Agents are declared in the gateway’s configuration.' }}
      />
      {asked ? <ConfirmDialog confirmation={asked} onClose={() => setAsked(undefined)} /> : null}
    </>
  );
}
