// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren, JSX } from 'preact';
import { type Column, DataTable } from './data-table.tsx';
import { Empty, ErrorNotice, Loading } from './notice.tsx';
import type { Resource } from './use-resource.ts';

interface ListPageProps<Row> {
  readonly title: string;
  readonly lead: ComponentChildren;
  readonly resource: Resource<readonly Row[]>;
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  readonly empty: { readonly title: string; readonly text?: string };
  /** Of the rows those that are shown. */
  readonly choose?: (rows: readonly Row[]) => readonly Row[];
  /** What stands above the table. */
  readonly tools?: ComponentChildren;
}

/** A page that lists things of one kind, or says why it can't. */
export function ListPage<Row>(props: ListPageProps<Row>): JSX.Element {
  const { title, lead, resource, columns, keyOf, empty, choose = (rows) => rows, tools } = props;
  const { value, error } = resource;
  const rows = value && choose(value);
  return (
    <section class="page" aria-labelledby="page-title">
      <header class="page-head">
        <h1 id="page-title">{title}</h1>
        <p class="muted">{lead}</p>
      </header>
      {tools}
      <ErrorNotice error={error} />
      {rows === undefined && error === undefined ? <Loading /> : null}
      {rows?.length === 0 ? <Empty title={empty.title}>{empty.text}</Empty> : null}
      {rows && rows.length > 0 ? <DataTable label={title} columns={columns} rows={rows} keyOf={keyOf} /> : null}
    </section>
  );
}
