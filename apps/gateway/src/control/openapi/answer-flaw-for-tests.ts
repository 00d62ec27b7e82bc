// SPDX-License-Identifier: Apache-2.0
import { ROUTES } from '../control-api.ts';
import { problem } from './answers.ts';
import { OPERATIONS } from './operations.ts';

/** The route of a path, as `ROUTES` has it: of two that fit, the one that names more of it. */
function routeOf(path: string): string | undefined {
  const parts = new URL(path, 'https://gateway').pathname.split('/');
  const fits = Object.keys(ROUTES).filter((route) => {
    const own = route.split('/');
    return own.length === parts.length && own.every((part, at) => part.startsWith(':') || part === parts[at]);
  });
  return fits.toSorted((one, other) => one.split(':').length - other.split(':').length)[0];
}

/** Why an answer is not what the API says that it is, in a sentence; undefined where it is. */
export function answerFlaw(method: string, path: string, status: number, body: unknown): string | undefined {
  const route = routeOf(path);
  const operation = OPERATIONS[`${method === 'HEAD' ? 'GET' : method} ${route}`];
  const answer = status >= 400 ? problem : operation?.answers[status];
  if (operation === undefined && status < 400) return undefined;
  if (answer === undefined) return `${method} ${route} does not say that it answers ${status}`;
  if (answer === null || typeof answer === 'string' || method === 'HEAD') return undefined;
  const flaw = answer.safeParse(body).error?.issues[0];
  return flaw && `${method} ${route}: ${status}: ${flaw.path.join('.')}: ${flaw.message}`;
}
