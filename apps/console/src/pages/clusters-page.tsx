// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type Lockable, listLockable } from '../api/locks.ts';
import type { Cluster } from '../api/types.ts';
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

type Row = Lockable<Cluster>;

function State({ lock, connectors }: Row): JSX.Element {
  if (lock) return <LockBadge lock={lock} />;
  return connectors.length > 0 ? (
    <span class="badge badge-enabled">connected</span>
  ) : (
    <span class="badge badge-expired">no connector</span>
  );
}

const columns: readonly Column<Row>[] = [
  {
    name: 'Cluster',
    cell: ({ name }) => (
      <strong>
        <Untrusted text={name} />
      </strong>
    ),
  },
  { name: 'State', cell: (row) => <State {...row} /> },
  { name: 'Description', cell: ({ description }) => <Untrusted text={description === '' ? 'none' : description} /> },
  {
    name: 'Connectors',
    cell: ({ connectors }) =>
      connectors.length === 0
        ? 'none'
        : connectors.map(({ connector, since }) => (
            <div key={connector}>
              <Untrusted text={connector} /> <span class="muted">since {clockTime(since)}</span>
            </div>
          )),
  },
];

/** The registered clusters with the connectors through which they are reached; operators lock and unlock them. */
export function ClustersPage(): JSX.Element {
  const { me } = useSession();
  const [asked, setAsked] = useState<Confirmation>();
  const resource = useResource('clusters', 0, (signal) =>
    listLockable<Cluster>('/api/v1/clusters', 'cluster', ({ name }) => name, signal),
  );
  const actions: Column<Row> = {
    name: 'Actions',
    kind: 'actions',
    cell: ({ name: target, lock }) => {
      const ask = lock ? unlockConfirmation : lockConfirmation;
      const name = visibleText(target);
      return (
        <button type="button" onClick={() => setAsked(ask('cluster', target, name, resource.reload))}>
          {lock ? 'Unlock' : 'Lock'}
          <span class="sr-only"> {name}</span>
        </button>
      );
    },
  };
  return (
    <>
      <ListPage
        title="Clusters"
        lead="What agents reach, and through which connectors this gateway does."
        resource={resource}
        columns={me.roles.includes('operator') ? [...columns, actions] : columns}
        keyOf={({ name }) => name}
        empty={{ title: 'No cluster is registered.', text: 'Clusters are declared in the gateway’s configuration.' }}
      />
      {asked ? <ConfirmDialog confirmation={asked} onClose={() => setAsked(undefined)} /> : null}
    </>
  );
}
