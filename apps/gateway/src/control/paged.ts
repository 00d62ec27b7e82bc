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

/**
 * Answers with one page of what there is, in order of id: `{items, next}`, where `next` is absent on the last one. `read`
 * gives at most `limit` of those after an id; `shown` leaves out what the caller may not see, so that a page may have
 * fewer items than were asked for, or none.
 * @throws StoreError
 */
export async function paged<Row extends { readonly id: string }>(
  context: Context,
  requestId: string,
  read: (page: Page) => readonly Row[] | Promise<readonly Row[]>,
  shown: (row: Row) => object | undefined,
): Promise<Response> {
  const query = pageQuery.safeParse(context.req.query());
  if (!query.success) return problemResponse(problems.badRequest(z.prettifyError(query.error)), requestId);
  const { after, limit } = query.data;
  const found = await read({ after, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const items = rows.map(shown).filter((one) => one !== undefined);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return context.json({ items, ...(last === undefined ? {} : { next: last.id }) });
}
