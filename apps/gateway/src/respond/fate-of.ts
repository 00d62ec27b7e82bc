// SPDX-License-Identifier: Apache-2.0
import type { Fate } from '../fate.ts';
import { Fault } from '../faults.ts';
import { TunnelError } from '../tunnel/tunnel-error.ts';

/** What became of a request upstream, by what ended the wait for its answer: a doubt is `unknown`. */
export function fateOf(error: unknown): Fate {
  if (error instanceof Fault && error.fate !== undefined) return error.fate;
  if (!(error instanceof TunnelError)) return 'unknown';
  // Who is not known to the API server is refused before anything is looked at.
  if (error.problem === 'credential-refused') return 'failed';
  return error.sent ? 'unknown' : 'not sent';
}
