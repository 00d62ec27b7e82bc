// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { call } from '../api/call.ts';
import { listAll } from '../api/list-all.ts';
import type { Session } from '../api/types.ts';
import { type Confirmation, ConfirmDialog } from '../parts/confirm-dialog.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Link } from '../parts/link.tsx';
import { ListPage } from '../parts/list-page.tsx';
import { lockConfirmation } from '../parts/lock-actions.ts';
import { useSession } from '../parts/session.ts';
import { Untrusted } from '../parts/untrusted.tsx';
import { useNow } from '../parts/use-now.ts';
import { useResource } from '../parts/use-resource.ts';
import { useTurn } from '../parts/use-turn.ts';
import { pathOf } from '../view/route.ts';
import { clockTime, timeSince } from '../view/time.ts';
import { visibleText } from '../view/visible-parts.ts';

function columnsAt(now: number): readonly Column<Session>[] {
  return [
    {
      name: 'Agent',
      cell: ({ agent, id }) => (
        <>
          <strong>
            <Untrusted text={agent} />
          </strong>
          <div class="muted">
            <Link to={pathOf('sessions', id)}>
              <span class="sr-only">Timeline of session </span>
              <code>{id.slice(0, 8)}</code>
            </Link>
          </div>
        </>
      ),
    },
    { name: 'Owner', cell: ({ owner }) => <Untrusted text={owner} /> },
    { name: 'Cluster', cell: ({ cluster }) => <Untrusted text={cluster} /> },
    { name: 'Since', kind: 'number', cell: ({ since }) => clockTime(since) },
    { name: 'Last request', kind: 'number', cell: ({ lastAt }) => timeSince(lastAt, now) },
    { name: 'Under way', kind: 'number', cell: ({ streams }) => streams },
  ];
}

function endConfirmation({ id, agent }: Session, done: () => void): Confirmation {
  return {
    title: `End this session of ${visibleText(agent)}?`,
    body: 'What it has under way ends within a second. The agent’s next request begins a new session: to keep it out, lock it.',
    verb: 'End session',
    act: async () => {
      await call('DELETE', `/api/v1/sessions/${encodeURIComponent(id)}`);
      done();
    },
  };
}

/** The sessions that go on now; operators end and lock them. */
export function SessionsPage(): JSX.Element {
  const { me } = useSession();
  const now = useNow();
  const [asked, setAsked] = useState<Confirmation>();
  const resource = useResource('sessions', useTurn(), (signal) => listAll<Session>('/api/v1/sessions', signal));
  const actions: Column<Session> = {
    name: 'Actions',
    kind: 'actions',
    cell: (session) => {
      const name = visibleText(session.agent);
      return (
        <>
          <button type="button" onClick={() => setAsked(endConfirmation(session, resource.reload))}>
            End<span class="sr-only"> the session of {name}</span>
          </button>
          <button
            type="button"
            onClick={() => setAsked(lockConfirmation('session', session.id, `of ${name}`, resource.reload))}
          >
            Lock<span class="sr-only"> the session of {name}</span>
          </button>
        </>
      );
    },
  };
  return (
    <>
      <ListPage
        title="Sessions"
        lead="What agents are doing now. A session ends after 15 minutes without a request."
        resource={resource}
        columns={me.roles.includes('operator') ? [...columnsAt(now), actions] : columnsAt(now)}
        keyOf={({ id }) => id}
        empty={{ title: 'No session is going on.', text: 'An agent’s first request begins one.' }}
      />
      {asked ? <ConfirmDialog confirmation={asked} onClose={() => setAsked(undefined)} /> : null}
    </>
  );
}
