// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { LogRecord } from '@countersign/evidence';
import type { Log } from '../log/log.ts';
import { LogError } from '../log/log-error.ts';
import { approvalRecord } from '../records/approval-records.ts';
import type { Collection, Versioned } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { type ApprovalDocument, afterStep, type Claim, isAsked, isNo, type No, type Step } from './approval.ts';
import { missingOf } from './quorum.ts';

export type Approval = Versioned<ApprovalDocument>;

/** Records of approvals name the step that they tell of. */
export type ApprovalRecord = Extract<LogRecord, { readonly transition?: string | undefined }>;

/** A step with the record that must be durable before it is taken. */
export interface PlannedStep {
  readonly step: Step;
  readonly record: ApprovalRecord;
}

export interface TransitionParts {
  readonly approvals: Collection<ApprovalDocument>;
  readonly log: Log;
  /** The log's key: claims are told apart by it. */
  readonly logKey: string;
  readonly now: () => Date;
  /** Told of each step once it is taken, before anybody else is. */
  readonly onTaken: (approval: Approval, step: Step) => Promise<void>;
}

/** A claim that is older is a gateway's that has died, or can't write: others go on without it, but for a no. */
const CLAIM_MS = 30_000;
const BUSY_MS = 20;
const ATTEMPTS = 100;

/** Whether an append certainly left nothing in the log. */
function isRefusedWhole(error: unknown): boolean {
  return error instanceof LogError && (error.code === 'ERR_LOG_FULL' || error.code === 'ERR_LOG_RECORD');
}

/**
 * Takes steps of approvals, each by at most one gateway: it claims the step in the store, puts it on record, and takes
 * it. One that loses its claim in between has a record without an effect, and must not act on it. Only a no is never
 * without one: who finds its claim left behind puts it on record too, and takes it.
 */
export class Transitions {
  readonly #parts: TransitionParts;

  constructor(parts: TransitionParts) {
    this.#parts = parts;
  }

  /** Whether a step of it is being recorded by somebody who may still be at it, by a clock that is about this one. */
  isClaimed({ claim }: ApprovalDocument): boolean {
    return claim !== undefined && Math.abs(this.#parts.now().getTime() - Date.parse(claim.at)) < CLAIM_MS;
  }

  claim(step: Step): Claim {
    const { logKey, now } = this.#parts;
    return { step, transition: randomUUID(), log: logKey, at: now().toISOString() };
  }

  /** What is stored, once no step of it is under way; undefined where there is none. */
  async settled(id: string): Promise<Approval | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = await this.#parts.approvals.get(id);
      if (found === undefined) return undefined;
      const { claim } = found.value;
      if (this.isClaimed(found.value)) await delay(BUSY_MS);
      else if (claim && isNo(claim.step)) await this.#seeThrough(found, claim, claim.step);
      else return isAsked(found.value) ? found : undefined;
    }
    throw new StoreError('ERR_STORE_UNAVAILABLE', `the approval ${id} is being changed all the time`);
  }

  /**
   * Takes the step that `plan` makes of the approval as it is, or returns why there is none; undefined where there is no
   * such approval.
   * @throws StoreError, LogError
   */
  async take<Refused extends string>(
    id: string,
    plan: (approval: ApprovalDocument) => PlannedStep | Refused,
  ): Promise<Approval | Refused | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = await this.settled(id);
      if (found === undefined) return undefined;
      const planned = plan(found.value);
      if (typeof planned === 'string') return planned;
      const claim = this.claim(planned.step);
      const claimed = { ...found.value, claim };
      if (!(await this.#parts.approvals.replace(id, found.version, claimed))) continue;
      return this.finish({ id, version: found.version + 1, value: claimed }, claim, planned.record);
    }
    throw new StoreError('ERR_STORE_UNAVAILABLE', `the approval ${id} is being changed all the time`);
  }

  /** Puts a claimed step on record and takes it. @throws StoreError when others have gone on without it */
  async finish(claimed: Approval, claim: Claim, record: ApprovalRecord): Promise<Approval> {
    try {
      await this.#parts.log.append([{ ...record, transition: claim.transition }]);
    } catch (error) {
      if (isRefusedWhole(error)) await this.#drop(claimed);
      throw error;
    }
    const taken = (await this.#apply(claimed, claim.step)) ?? (await this.#takenByOthers(claimed.id, claim.step));
    if (taken) return taken;
    throw new StoreError('ERR_STORE_UNAVAILABLE', `the approval ${claimed.id} was changed by others meanwhile`);
  }

  /**
   * After a crash: takes the step that a claim of this log, and of no other, was about if it is on record. If not, a no is
   * seen through, and anything else dropped.
   */
  async reconcile(found: Approval, isOnRecord: boolean): Promise<void> {
    const { claim } = found.value;
    if (claim === undefined) return;
    if (isOnRecord) await this.#apply(found, claim.step);
    else if (isNo(claim.step)) await this.#seeThrough(found, claim, claim.step);
    else await this.#drop(found);
  }

  /** An approval without the claim that is left on it, and which then has no effect; undefined when it was changed. */
  async unclaimed(found: Approval): Promise<Approval | undefined> {
    const { id, version, value } = found;
    const { claim, ...rest } = value;
    if (claim === undefined) return found;
    if (!(await this.#parts.approvals.replace(id, version, rest))) return undefined;
    return { id, version: version + 1, value: rest };
  }

  /**
   * Takes a no that somebody claimed and did not take: they may have told who said it, and have it on record where nobody
   * can look. It is claimed again, so that one of all who find it does this.
   */
  async #seeThrough({ id, version, value }: Approval, { transition }: Claim, step: No): Promise<void> {
    const claimed = { ...value, claim: { ...this.claim(step), transition } };
    if (!(await this.#parts.approvals.replace(id, version, claimed))) return;
    // Whatever becomes of this, the claim stays: it may be on record elsewhere.
    await this.#parts.log.append([{ ...approvalRecord(id, value, step), transition }]);
    await this.#apply({ id, version: version + 1, value: claimed }, step);
  }

  /** The approval where others have seen this no through. */
  async #takenByOthers(id: string, step: Step): Promise<Approval | undefined> {
    const found = isNo(step) ? await this.settled(id) : undefined;
    const isTaken = isNo(step) && isDeepStrictEqual(found?.value.endedBy, step.signature);
    return isTaken ? found : undefined;
  }

  async #apply({ id, version, value }: Approval, step: Step): Promise<Approval | undefined> {
    const { approvals, now, onTaken } = this.#parts;
    const next = afterStep(value, step, now(), (signatures) => missingOf(value.requirements, signatures).length === 0);
    if (!(await approvals.replace(id, version, next))) return undefined;
    const taken = { id, version: version + 1, value: next };
    await onTaken(taken, step);
    return taken;
  }

  async #drop({ id, version, value }: Approval): Promise<void> {
    const { claim, ...before } = value;
    if (claim?.step.type === 'asked') await this.#parts.approvals.remove(id, version);
    else await this.#parts.approvals.replace(id, version, before);
  }
}
