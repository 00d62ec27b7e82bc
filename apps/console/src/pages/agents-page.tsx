// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Lockable } from '../api/locks.ts';
import type { Agent } from '../api/types.ts';
import type { Column } from '../parts/data-table.tsx';
import { LockBadge } from '../parts/lock-badge.tsx';
import { RegisteredPage } from '../parts/registered-page.tsx';
import { Untrusted } from '../parts/untrusted.tsx';
import { clockTime } from '../view/time.ts';

type Row = Lockable<Agent>;

const columns: readonly Column<Row>[] = [
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
  return (
    <RegisteredPage<Agent>
      kind="agent"
      title="Agents"
      lead="Who may send requests, for whom and for what."
      columns={columns}
      keyOf={({ id }) => id}
      empty={{
        title: 'No agent is registered.',
        text: 'Agents are declared in the gateway’s configuration, or registered with countersign agents register.',
      }}
    />
  );
}
