// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { call } from '../api/call.ts';
import type { Exchange, Items } from '../api/types.ts';
import { exchangeColumns } from '../parts/exchange-columns.tsx';
import { ListPage } from '../parts/list-page.tsx';
import { useResource } from '../parts/use-resource.ts';
import { matches } from '../view/exchange-words.ts';

const LIMIT = 500;
/** More rows than this nobody reads; a search finds the rest. */
const SHOWN = 100;

/** The latest exchanges, latest first, and a search in them. */
export function ExchangesPage(): JSX.Element {
  const [search, setSearch] = useState('');
  const resource = useResource('exchanges', 0, async (signal) => {
    return (await call<Items<Exchange>>('GET', `/api/v1/exchanges?limit=${LIMIT}`, undefined, signal)).items;
  });
  const found = resource.value?.filter((exchange) => matches(exchange, search)) ?? [];
  return (
    <ListPage
      title="Exchanges"
      lead="The latest requests and what became of them: a view. The log is the evidence."
      resource={resource}
      columns={exchangeColumns}
      keyOf={({ id }) => id}
      choose={() => found.slice(0, SHOWN)}
      empty={
        search === ''
          ? { title: 'No request has come since the gateway started.' }
          : { title: 'Nothing found.', text: `The search goes through the latest ${LIMIT} exchanges.` }
      }
      tools={
        <div class="tools">
          <label class="field field-inline">
            <span class="sr-only">Search exchanges</span>
            <input
              type="search"
              placeholder="Search: agent, verb, resource, rule, status, id"
              value={search}
              onInput={(event) => setSearch(event.currentTarget.value)}
            />
          </label>
          <span class="muted" role="status">
            {found.length > SHOWN ? `${SHOWN} of ${found.length}` : found.length} shown
          </span>
          <button type="button" onClick={resource.reload}>
            Refresh
          </button>
        </div>
      }
    />
  );
}
