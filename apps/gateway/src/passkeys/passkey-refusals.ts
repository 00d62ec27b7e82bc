// SPDX-License-Identifier: Apache-2.0
import type { Problem } from '../control/problem.ts';
import type { AssertionProblem } from './countersign-verdict.ts';

/** Why a verdict is not taken for want of a passkey's signature under it. */
export type PasskeyProblem =
  | AssertionProblem
  /** In the console a verdict is one by a passkey alone. */
  | 'ERR_PASSKEY_REQUIRED'
  | 'ERR_PASSKEY_NONE'
  | 'ERR_PASSKEY_TOO_MANY'
  | 'ERR_PASSKEY_NO_CONSOLE';

export const passkeyRefusals: Readonly<Record<PasskeyProblem, Problem>> = {
  ERR_PASSKEY_REQUIRED: {
    status: 403,
    title: 'Not signed',
    detail:
      'a verdict in the console, and a yes anywhere if `approvals.passkeys` is `required`, is signed with a passkey: open it in the console and sign it there',
  },
  ERR_PASSKEY_NONE: {
    status: 409,
    title: 'No passkey',
    detail: 'you have no passkey of this site; register one first',
  },
  ERR_PASSKEY_TOO_MANY: {
    status: 409,
    title: 'Too many',
    detail: 'you have begun to sign too often without an end; wait five minutes',
  },
  ERR_PASSKEY_NO_CONSOLE: {
    status: 404,
    title: 'No console',
    detail: 'this gateway has no console, and passkeys are used in one',
  },
  ERR_PASSKEY_CHALLENGE: {
    status: 403,
    title: 'Not asked for',
    detail: 'what this passkey signed was not asked of you, or has been shown before, or more than five minutes ago',
  },
  ERR_PASSKEY_STATEMENT: {
    status: 403,
    title: 'Something else',
    detail: 'what this passkey signed is something else: another approval, verdict, reason, or other changes',
  },
  ERR_PASSKEY_UNKNOWN: { status: 403, title: 'Not yours', detail: 'you have no such passkey' },
  ERR_PASSKEY_ASSERTION: {
    status: 403,
    title: 'Not signed',
    detail:
      'the signature of the passkey does not hold here: it must be of this site, and its authenticator must check who uses it',
  },
  ERR_PASSKEY_COUNTER: {
    status: 403,
    title: 'Perhaps copied',
    detail: 'this passkey counts fewer uses than it had, as a copy of it would; remove it, and register another one',
  },
};
