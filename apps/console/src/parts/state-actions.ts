// SPDX-License-Identifier: Apache-2.0
import { call } from '../api/call.ts';
import type { Confirmation } from './confirm-dialog.tsx';

/** What is registered, and can be disabled where that was by the control API. */
export type RegisteredKind = 'agent' | 'cluster';

const STOPS: Readonly<Record<RegisteredKind, string>> = {
  agent: 'It is refused until somebody enables it again, and what it has under way ends within a second.',
  cluster:
    'Nobody may call it until somebody enables it again, what is under way there ends within a second, and its connectors are refused.',
};

const STARTS: Readonly<Record<RegisteredKind, string>> = {
  agent: 'Its requests are judged by policy again.',
  cluster:
    'Requests to it are judged by policy again, and its connectors come back by themselves while their certificates last.',
};

/** Asks whether one is to be disabled, or enabled where it is disabled; then does so. */
export function stateConfirmation(
  kind: RegisteredKind,
  id: string,
  name: string,
  state: 'enabled' | 'disabled',
  done: () => void,
): Confirmation {
  const verb = state === 'enabled' ? 'disable' : 'enable';
  const Verb = state === 'enabled' ? 'Disable' : 'Enable';
  return {
    title: `${Verb} ${kind} ${name}?`,
    body: state === 'enabled' ? STOPS[kind] : STARTS[kind],
    verb: `${Verb} ${kind}`,
    act: async () => {
      await call('POST', `/api/v1/${kind}s/${encodeURIComponent(id)}/${verb}`);
      done();
    },
  };
}
