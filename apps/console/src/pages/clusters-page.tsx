// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type Lockable, listLockable } from '../api/locks.ts';
import type { Cluster } from '../api/types.ts';
import { type Confirmation, ConfirmDialog } from '../parts/confirm-dialog.tsx';
import type { Column } from '../parts/data-table.tsx';
import { ListPage } from '../parts/list-page.tsx';
import { LockBadge } from '../parts/lock-badge.tsx';
import { LockButton, StateButton } from '../parts/row-buttons.tsx';
import { useSession } from '../parts/session.ts';
import { Untrusted } from '../parts/untrusted.tsx';
import { useResource } from '../parts/use-resource.ts';
import { clockTime } from '../view/time.ts';

type Row = Lockable<Cluster>;

function State({ lock, state, expiresAt, connectors }: Row): JSX.Element {
  if (lock) return <LockBadge lock={lock} />;
  if (state === 'disabled') return <span class="badge badge-disabled">disabled</span>;
  if (expiresAt !== undefined && Date.parse(expiresAt) <= Date.now())
    return <span class="badge badge-expired">expired</span>;
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
  {
    name: 'Registered',
    cell: ({ source, expiresAt }) => (
      <>
        {source === 'config' ? 'in the configuration' : 'by the API'}
        {expiresAt === undefined ? null : <div class="muted">until {clockTime(expiresAt)}</div>}
      </>
    ),
  },
];

/** The registered clusters with the connectors through which they are reached; operators disable, enable, lock and unlock them. */
export function ClustersPage(): JSX.Element {
  const { me } = useSession();
  const [asked, setAsked] = useState<Confirmation>();
  const resource = useResource('clusters', 0, (signal) =>
    listLockable<Cluster>('/api/v1/clusters', 'cluster', ({ name }) => name, signal),
  );
  const actions: Column<Row> = {
    name: 'Actions',
    kind: 'actions',
    cell: ({ name: id, lock, source, state }) => {
      const common = { kind: 'cluster', id, ask: setAsked, done: resource.reload } as const;
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
        title="Clusters"
        lead="What agents reach, and through which connectors this gateway does."
        resource={resource}
        columns={me.roles.includes('operator') ? [...columns, actions] : columns}
        keyOf={({ name }) => name}
        empty={{
          title: 'No cluster is registered.',
          text: 'Clusters are declared in the gateway’s configuration, or registered with countersign clusters register.',
        }}
      />
      {asked ? <ConfirmDialog confirmation={asked} onClose={() => setAsked(undefined)} /> : null}
    </>
  );
}
