// SPDX-License-Identifier: Apache-2.0
import type { Context } from 'hono';
import * as z from 'zod';
import { type Problem, problems } from './problem.ts';

const NO_JSON = Symbol('no JSON');

/** Escapes of JSON can make half a character, which nothing that is kept or put on record holds. */
function wellFormed(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text, wellFormed);
  } catch {
    return NO_JSON;
  }
}

/** The body of a request as its route wants it, or the 400 that says what it should be. */
export async function readBody<T>(context: Context, schema: z.ZodType<T>): Promise<{ data: T } | { problem: Problem }> {
  const value = parsed(await context.req.text());
  if (value === NO_JSON) return { problem: problems.badRequest('the body is no JSON; send one JSON object') };
  const body = schema.safeParse(value);
  return body.success ? { data: body.data } : { problem: problems.badRequest(z.prettifyError(body.error)) };
}
