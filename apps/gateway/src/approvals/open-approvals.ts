// SPDX-License-Identifier: Apache-2.0
import { settledOnRecord } from '../log/settled-on-record.ts';
import { transitionsOnRecord } from '../log/transitions-on-record.ts';
import { recurring } from '../recurring.ts';
import { ApprovalRegister, type RegisterParts } from './approval-register.ts';
import type { OpenWrites } from './open-writes.ts';

const SWEEP_MS = 1_000;
const FORGET_MS = 3_600_000;

export interface OpenApprovalsParts extends RegisterParts {
  /** The log directory. */
  readonly logDir: string;
  readonly openWrites: OpenWrites;
  readonly onProblem: (error: unknown) => void;
}

/** The register of a gateway that runs: what a crash left is settled, and those that are due expire. */
export interface Approvals extends Disposable {
  readonly register: ApprovalRegister;
}

/** @throws StoreError, LogError */
export async function openApprovals({
  logDir,
  openWrites,
  onProblem,
  ...parts
}: OpenApprovalsParts): Promise<Approvals> {
  const register = new ApprovalRegister(parts);
  await register.reconcile((transitions) => transitionsOnRecord(logDir, transitions));
  await openWrites.reconcile((exchanges) => settledOnRecord(logDir, exchanges));
  const timers = new DisposableStack();
  timers.use(recurring(SWEEP_MS, () => register.expireDue(), onProblem));
  timers.use(recurring(FORGET_MS, () => register.forgetOld(), onProblem));
  timers.use(recurring(FORGET_MS, () => openWrites.forgetOld(), onProblem));
  return { register, [Symbol.dispose]: () => timers.dispose() };
}
