// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { call } from '../api/call.ts';
import type { BrokenGlass } from '../api/types.ts';
import { type Confirmation, ConfirmDialog } from '../parts/confirm-dialog.tsx';
import type { Column } from '../parts/data-table.tsx';
import { ListPage } from '../parts/list-page.tsx';
import { useSession } from '../parts/session.ts';
import { Untrusted } from '../parts/untrusted.tsx';
import { useBreakGlass } from '../parts/use-break-glass.ts';
import { useNow } from '../parts/use-now.ts';
import { glassScope, glassState, isBroken } from '../view/break-glass-words.ts';
import { clockTime, timeLeft, timeSince } from '../view/time.ts';
import { visibleText } from '../view/visible-parts.ts';

const BADGES = { open: 'denied', ended: 'expired', expired: 'expired' } as const;

function columnsAt(now: number): readonly Column<BrokenGlass>[] {
  return [
    {
      name: 'State',
      cell: (glass) => {
        const state = glassState(glass, now);
        return <span class={`badge badge-${BADGES[state]}`}>{state}</span>;
      },
    },
    {
      name: 'Agent',
      cell: ({ agent }) => (
        <strong>
          <Untrusted text={agent} />
        </strong>
      ),
    },
    { name: 'Cluster', cell: ({ cluster }) => <Untrusted text={cluster} /> },
    { name: 'For', cell: (glass) => <Untrusted text={glassScope(glass)} /> },
    { name: 'Why', cell: ({ reason }) => <Untrusted text={reason ?? 'not said'} /> },
    { name: 'Opened by', cell: ({ openedBy }) => <Untrusted text={openedBy?.subject ?? 'unknown'} /> },
    { name: 'Opened', kind: 'number', cell: ({ openedAt }) => timeSince(openedAt, now) },
    {
      name: 'Until',
      kind: 'number',
      cell: (glass) =>
        isBroken(glass, now)
          ? `${timeLeft(glass.expiresAt, now).text} left`
          : clockTime(glass.endedAt ?? glass.expiresAt),
    },
  ];
}

function endConfirmation({ id, agent }: BrokenGlass, done: () => void): Confirmation {
  return {
    title: `End break-glass for ${visibleText(agent)}?`,
    body: 'It ends at once, with every exec and watch that goes on by it. Rules ask people again.',
    verb: 'End break-glass',
    asksReason: true,
    act: async (reason) => {
      await call('POST', `/api/v1/break-glass/${id}/end`, { reason });
      done();
    },
  };
}

/** What operators have let on without countersignatures; they end it here, and open it by the command line alone. */
export function BreakGlassPage(): JSX.Element {
  const now = useNow();
  const { me } = useSession();
  const [asked, setAsked] = useState<Confirmation>();
  const resource = useBreakGlass();
  const actions: Column<BrokenGlass> = {
    name: 'Actions',
    kind: 'actions',
    cell: (glass) =>
      isBroken(glass, now) ? (
        <button type="button" class="danger" onClick={() => setAsked(endConfirmation(glass, resource.reload))}>
          End
          <span class="sr-only"> break-glass for {visibleText(glass.agent)}</span>
        </button>
      ) : null,
  };
  return (
    <>
      <ListPage
        title="Break-glass"
        lead={
          <>
            What goes on without a countersignature, in an emergency and for a short time. It is opened by the command
            line alone: <code>countersign break-glass open</code>.
          </>
        }
        resource={resource}
        columns={me.roles.includes('operator') ? [...columnsAt(now), actions] : columnsAt(now)}
        keyOf={({ id }) => id}
        choose={(rows) => rows.toReversed()}
        empty={{ title: 'No glass is broken.', text: 'What has ended stays here for an hour, and in the log.' }}
      />
      {asked ? <ConfirmDialog confirmation={asked} onClose={() => setAsked(undefined)} /> : null}
    </>
  );
}
