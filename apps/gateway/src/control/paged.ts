// SPDX-License-Identifier: Apache-2.0
import type { Context } from 'hono';
import * as z from 'zod';
import { problemResponse, problems } from './problem.ts';

/** Which page of a list: what comes after `next` of the one before. */
export const pageQuery = z.strictObject({
  after: z.string().max(512).default(''),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

export type Page = z.infer<typeof pageQuery>;

/** Rows that are read at a time where many are nothing to the caller. */
const READ_ROWS = 1_000;

/**
 * Answers with one page of what the caller may see, in order of id: `{items, next}`, where `next` is the id of the last
 * item, absent on the last page. `read` gives at most `limit` rows after an id; `shown` leaves out what the caller may not
 * see, of which nothing is told: no id of it either.
 * @throws StoreError
 */
export async function paged<Row extends { readonly id: string }>(
  context: Context,
  requestId: string,
  read: (page: Page) => readonly Row[] | Promise<readonly Row[]>,
  shown: (row: Row) => object | undefined,
): Promise<Response> {
  const query = pageQuery.safeParse(context.req.query());
  if (!query.success) return problemResponse(problems.malformed(query.error), requestId);
  const { limit } = query.data;
  const seen: { readonly id: string; readonly item: object }[] = [];
  let size = limit + 1;
  for (let after: string | undefined = query.data.after; after !== undefined && seen.length <= limit; ) {
    const rows: readonly Row[] = await read({ after, limit: size });
    for (const row of rows) {
      const item = shown(row);
      if (item !== undefined) seen.push({ id: row.id, item });
    }
    after = rows.length < size ? undefined : rows.at(-1)?.id;
    size = READ_ROWS;
  }
  const page = seen.slice(0, limit);
  const next = seen.length > limit ? page.at(-1)?.id : undefined;
  return context.json({ items: page.map(({ item }) => item), ...(next === undefined ? {} : { next }) });
}
