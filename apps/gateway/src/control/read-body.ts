// SPDX-License-Identifier: Apache-2.0
import type { Context } from 'hono';
import type * as z from 'zod';
import { type Problem, problems } from './problem.ts';

const NO_JSON = 'the body is no JSON; send one JSON object';
const ESCAPED_HALVES = 'the body is long and escapes characters by halves (\\ud83d\\ude00); send them as UTF-8';

/** Escapes of JSON can make half a character, which nothing that is kept or put on record holds. */
const HALF = /\\u[dD][89a-fA-F]/;
/** Looking at each value of a longer body would keep everybody waiting. */
const MAX_LOOKED_AT = 32_768;

function wellFormed(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

function parsed(text: string): { readonly value: unknown } | { readonly why: string } {
  const hasHalves = HALF.test(text);
  if (hasHalves && text.length > MAX_LOOKED_AT) return { why: ESCAPED_HALVES };
  try {
    return { value: JSON.parse(text, hasHalves ? wellFormed : undefined) };
  } catch {
    return { why: NO_JSON };
  }
}

/** The body of a request as its route wants it, or the 400 that says what it should be. */
export async function readBody<T>(context: Context, schema: z.ZodType<T>): Promise<{ data: T } | { problem: Problem }> {
  const found = parsed(await context.req.text());
  if ('why' in found) return { problem: problems.badRequest(found.why) };
  const body = schema.safeParse(found.value);
  return body.success ? { data: body.data } : { problem: problems.malformed(body.error) };
}
