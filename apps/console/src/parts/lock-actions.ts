// SPDX-License-Identifier: Apache-2.0
import { call } from '../api/call.ts';
import type { LockKind } from '../api/types.ts';
import type { Confirmation } from './confirm-dialog.tsx';

const STOPS: Readonly<Record<LockKind, string>> = {
  agent: 'Its new requests are refused, and what it has under way ends within a second.',
  owner: 'New requests of all agents of this owner are refused, and what they have under way ends within a second.',
  session: 'It ends within a second, and whoever was in it gets no new one.',
  connector: 'Its tunnel is cut, with what runs through it, and it gets no new one.',
  cluster: 'New requests to this cluster are refused, and what is under way there ends within a second.',
};

/** Asks for the reason of a lock, then locks. */
export function lockConfirmation(kind: LockKind, target: string, name: string, done: () => void): Confirmation {
  return {
    title: `Lock ${kind} ${name}?`,
    body: STOPS[kind],
    verb: `Lock ${kind}`,
    asksReason: true,
    act: async (reason) => {
      await call('POST', '/api/v1/locks', { kind, target, reason });
      done();
    },
  };
}

export function unlockConfirmation(kind: LockKind, target: string, name: string, done: () => void): Confirmation {
  return {
    title: `Unlock ${kind} ${name}?`,
    body: 'New requests are judged by policy again.',
    verb: `Unlock ${kind}`,
    act: async () => {
      await call('DELETE', `/api/v1/locks/${kind}/${encodeURIComponent(target)}`);
      done();
    },
  };
}
