// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { listPages } from '../api/list-all.ts';
import type { Exchange } from '../api/types.ts';
import { exchangeColumns } from '../parts/exchange-columns.tsx';
import { ListPage } from '../parts/list-page.tsx';
import { useResource } from '../parts/use-resource.ts';
import { matches } from '../view/exchange-words.ts';

/** In pages as long as the control API has them at most. */
const PATH = '/api/v1/exchanges?limit=500';
/** More rows than this nobody reads; a search finds the rest. */
const SHOWN = 100;

/** The latest exchanges, latest first, and a search in them. */
export function ExchangesPage(): JSX.Element {
  const [search, setSearch] = useState('');
  const [pages, setPages] = useState(1);
  const resource = useResource('exchanges', pages, (signal) => listPages<Exchange>(PATH, pages, signal));
  const { items = [], isAll = true } = resource.value ?? {};
  const found = items.filter((exchange) => matches(exchange, search));
  return (
    <ListPage
      title="Exchanges"
      lead="The latest requests and what became of them: a view. The log is the evidence."
      resource={{ ...resource, value: resource.value?.items }}
      columns={exchangeColumns}
      keyOf={({ id }) => id}
      choose={() => found.slice(0, SHOWN)}
      empty={
        search === ''
          ? { title: 'No request has come since the gateway started.' }
          : {
              title: 'Nothing found.',
              text: `The search went through ${isAll ? `all ${items.length} that the gateway remembers` : `the latest ${items.length} exchanges`}.`,
            }
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
          {!isAll && (
            <button type="button" onClick={() => setPages(pages + 1)}>
              Look further back
            </button>
          )}
          <button type="button" onClick={resource.reload}>
            Refresh
          </button>
        </div>
      }
    />
  );
}
