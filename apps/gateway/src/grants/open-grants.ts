// SPDX-License-Identifier: Apache-2.0
import type { Hmac } from '@countersign/mask';
import type { Log } from '../log/log.ts';
import { recurring } from '../recurring.ts';
import type { Store } from '../store/store.ts';
import { ActiveGrants } from './active-grants.ts';
import { isSigned } from './grant-digest.ts';
import { GrantRegister } from './grant-register.ts';

/** Another gateway's doings are seen this often. */
const REFRESH_MS = 1_000;
/** What is granted ends this soon after its time. */
const SWEEP_MS = 100;

/** The grants of a gateway that runs. */
export interface Grants extends Disposable {
  readonly register: GrantRegister;
  readonly active: ActiveGrants;
}

/** @throws StoreError, LogError */
export async function openGrants(parts: {
  readonly store: Store;
  /** Of the key that does not lie in the store. */
  readonly vouch: Hmac;
  /** Whether nobody's yes counts without a passkey under it. */
  readonly needsPasskey: () => boolean;
  readonly log: Log;
  readonly now: () => Date;
  readonly onProblem: (error: unknown) => void;
}): Promise<Grants> {
  const { store, vouch, needsPasskey, log, now, onProblem } = parts;
  const active = new ActiveGrants(now, (grant) => isSigned(vouch, grant, needsPasskey()));
  const register = new GrantRegister({ grants: store.grants, active, vouch, log, now });
  await register.refresh();
  const timers = new DisposableStack();
  timers.use(recurring(REFRESH_MS, () => register.refresh(), onProblem));
  timers.use(recurring(SWEEP_MS, async () => active.sweep(), onProblem));
  return { register, active, [Symbol.dispose]: () => timers.dispose() };
}
