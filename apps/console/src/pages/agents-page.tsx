// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Lockable } from '../api/locks.ts';
import type { Agent } from '../api/types.ts';
import type { Column } from '../parts/data-table.tsx';
import { LockBadge } from '../parts/lock-badge.tsx';
import { RegisteredPage } from '../parts/registered-page.tsx';
import { useSession } from '../parts/session.ts';
import { Untrusted } from '../parts/untrusted.tsx';
import { seesAll } from '../view/sees-all.ts';
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

/** The registered agents: operators disable, enable, lock and unlock them; owners see their own, and stop those. */
export function AgentsPage(): JSX.Element {
  const { roles, agents } = useSession().me;
  const seesOthers = seesAll(roles);
  return (
    <RegisteredPage<Agent>
      kind="agent"
      title={seesOthers ? 'Agents' : 'Your agents'}
      lead={
        seesOthers
          ? 'Who may send requests, for whom and for what.'
          : 'The agents that you answer for. You stop one by disabling or locking it; operators let it in again.'
      }
      columns={columns}
      keyOf={({ id }) => id}
      {...(agents.length > 0 ? { mayStop: ({ id }) => agents.includes(id) } : {})}
      empty={{
        title: 'No agent is registered.',
        text: 'Agents are declared in the gateway’s configuration, or registered with countersign agents register.',
      }}
    />
  );
}
