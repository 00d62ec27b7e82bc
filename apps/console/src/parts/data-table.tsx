// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren, JSX } from 'preact';

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly kind?: 'text' | 'number' | 'actions';
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

/** A table that becomes a list of cards on a phone; roles are named, as a changed `display` would take them away. */
export function DataTable<Row>({ label, columns, rows, keyOf }: DataTableProps<Row>): JSX.Element {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: the style sheet changes `display` on a phone
    <table class="data" role="table" aria-label={label}>
      {/* biome-ignore lint/a11y/noRedundantRoles: as above */}
      <thead role="rowgroup">
        {/* biome-ignore lint/a11y/noRedundantRoles: as above */}
        <tr role="row">
          {columns.map(({ name, kind = 'text' }) => (
            // biome-ignore lint/a11y/noRedundantRoles: as above
            <th key={name} scope="col" role="columnheader" class={kind}>
              {kind === 'actions' ? <span class="sr-only">{name}</span> : name}
            </th>
          ))}
        </tr>
      </thead>
      {/* biome-ignore lint/a11y/noRedundantRoles: as above */}
      <tbody role="rowgroup">
        {rows.map((row) => (
          // biome-ignore lint/a11y/noRedundantRoles: as above
          <tr key={keyOf(row)} role="row">
            {columns.map(({ name, cell, kind = 'text' }) => (
              // biome-ignore lint/a11y/noRedundantRoles: as above
              <td key={name} role="cell" class={kind} data-label={name}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
