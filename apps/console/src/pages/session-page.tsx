// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { call } from '../api/call.ts';
import type { Exchange, Items } from '../api/types.ts';
import { exchangeColumns } from '../parts/exchange-columns.tsx';
import { Link } from '../parts/link.tsx';
import { ListPage } from '../parts/list-page.tsx';
import { SessionRecordings } from '../parts/session-recordings.tsx';
import { useResource } from '../parts/use-resource.ts';
import { useTurn } from '../parts/use-turn.ts';

const LIMIT = 500;

/** What one session has done, the first request first. */
export function SessionPage({ id }: { readonly id: string }): JSX.Element {
  const resource = useResource(id, useTurn(), async (signal) => {
    const query = new URLSearchParams({ limit: String(LIMIT), session: id });
    return (await call<Items<Exchange>>('GET', `/api/v1/exchanges?${query}`, undefined, signal)).items;
  });
  return (
    <ListPage
      title="Session"
      lead={
        <>
          <Link to="/sessions">← All sessions</Link> What <code>{id}</code> has done, the first request first, of the
          latest exchanges since the gateway started.
        </>
      }
      tools={<SessionRecordings session={id} />}
      resource={resource}
      columns={exchangeColumns}
      keyOf={({ id: exchange }) => exchange}
      choose={(rows) => rows.toReversed()}
      empty={{ title: 'Nothing is known of this session here.', text: 'The log has what is older.' }}
    />
  );
}
