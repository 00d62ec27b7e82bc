// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Lockable } from '../api/locks.ts';
import type { Cluster } from '../api/types.ts';
import type { Column } from '../parts/data-table.tsx';
import { LockBadge } from '../parts/lock-badge.tsx';
import { RegisteredPage } from '../parts/registered-page.tsx';
import { Untrusted } from '../parts/untrusted.tsx';
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
  return (
    <RegisteredPage<Cluster>
      kind="cluster"
      title="Clusters"
      lead="What agents reach, and through which connectors this gateway does."
      columns={columns}
      keyOf={({ name }) => name}
      empty={{
        title: 'No cluster is registered.',
        text: 'Clusters are declared in the gateway’s configuration, or registered with countersign clusters register.',
      }}
    />
  );
}
