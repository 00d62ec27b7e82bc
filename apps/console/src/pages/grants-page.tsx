// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { call } from '../api/call.ts';
import { listAll } from '../api/list-all.ts';
import type { Grant } from '../api/types.ts';
import type { Column } from '../parts/data-table.tsx';
import { GrantBadge } from '../parts/grant-badge.tsx';
import { GrantCard } from '../parts/grant-card.tsx';
import { GrantForm, RevokeGrant } from '../parts/grant-form.tsx';
import { GrantRequest } from '../parts/grant-request.tsx';
import { Link } from '../parts/link.tsx';
import { ListPage } from '../parts/list-page.tsx';
import { ErrorNotice, Loading } from '../parts/notice.tsx';
import { Untrusted } from '../parts/untrusted.tsx';
import { useNow } from '../parts/use-now.ts';
import { useResource } from '../parts/use-resource.ts';
import { useTurn } from '../parts/use-turn.ts';
import { lengthWords, scopeWords } from '../view/grant-words.ts';
import { pathOf } from '../view/route.ts';
import { clockTime, timeSince } from '../view/time.ts';

function columnsAt(now: number): readonly Column<Grant>[] {
  return [
    { name: 'State', cell: ({ state }) => <GrantBadge state={state} /> },
    {
      name: 'For',
      cell: ({ id, scope }) => (
        <Link to={pathOf('grants', id)}>
          <Untrusted text={scopeWords(scope)} />
        </Link>
      ),
    },
    { name: 'Agent', cell: ({ agent }) => <Untrusted text={agent} /> },
    { name: 'Cluster', cell: ({ cluster }) => <Untrusted text={cluster} /> },
    { name: 'How long', kind: 'number', cell: ({ seconds }) => lengthWords(seconds) },
    { name: 'Signed by', kind: 'number', cell: ({ signatures }) => signatures.length },
    { name: 'Asked', kind: 'number', cell: ({ askedAt }) => timeSince(askedAt, now) },
    { name: 'Until', kind: 'number', cell: ({ endedAt, expiresAt }) => clockTime(endedAt ?? expiresAt) },
  ];
}

/** All grants, the latest first. */
function Grants(): JSX.Element {
  const now = useNow();
  const resource = useResource('grants', useTurn(), (signal) => listAll<Grant>('/api/v1/grants', signal));
  return (
    <ListPage
      title="Grants"
      lead="What agents ask for, for a scope and a time. Those that have ended stay here for an hour, and in the log."
      resource={resource}
      columns={columnsAt(now)}
      keyOf={({ id }) => id}
      choose={(rows) => rows.toReversed()}
      tools={<GrantRequest />}
      empty={{ title: 'There are no grants.', text: 'An agent asks for one with `countersign grants request`.' }}
    />
  );
}

function OneGrant({ id }: { readonly id: string }): JSX.Element {
  const now = useNow();
  const { value, error, reload } = useResource(id, useTurn(), (signal) =>
    call<Grant>('GET', `/api/v1/grants/${id}`, undefined, signal),
  );
  return (
    <section class="page" aria-label="The grant">
      <p class="page-head">
        <Link to="/grants">← All grants</Link>
      </p>
      <ErrorNotice error={error} />
      {value === undefined && error === undefined ? <Loading /> : null}
      {value === undefined ? null : (
        <GrantCard grant={value} now={now}>
          <GrantForm grant={value} onSaid={reload} />
          <RevokeGrant grant={value} onSaid={reload} />
        </GrantCard>
      )}
    </section>
  );
}

/** The list of grants, or the one that is open. */
export function GrantsPage({ id }: { readonly id: string | undefined }): JSX.Element {
  return id === undefined ? <Grants /> : <OneGrant key={id} id={id} />;
}
