// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogRecord } from '@countersign/evidence';
import { type DiskLog, openDiskLog } from '../log/disk-log.ts';
import { type LogPlace, logPlace } from '../log/log-for-tests.ts';
import { observedLog } from '../log/observed-log.ts';
import { transitionsOnRecord } from '../log/transitions-on-record.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import type { Collection, Store } from '../store/store.ts';
import type { ApprovalDocument, Step } from './approval.ts';
import { askingFor, HMAC, signatureOf, VOUCH } from './approval-fixture.ts';
import { ApprovalRegister, type Asking } from './approval-register.ts';
import type { Approval } from './transitions.ts';

export const LIMITS = { maxOpenOfAgent: 32, maxPerDayOfAgent: 1_000 };
export const BEGUN = Date.parse('2026-01-01T00:00:00Z');
/** An exchange that uses an approval, and the name of a step. */
export const EXCHANGE = 'b3b1d7a0-5a43-4b0e-8d7e-3f7f5a1f0003';

export type Kind = 'approve' | 'deny' | 'withdraw';

export const saying = (person: string, digest: string, kind: Kind = 'approve') =>
  ({ kind, digest, unseen: 0, signature: signatureOf(person), names: [], allGroups: [] }) as const;

export const used = (approval: string, digest: string) =>
  ({ type: 'approval.used', approval, exchange: EXCHANGE, digest }) as const;

type Asked = Extract<LogRecord, { readonly type: 'approval.asked' }>;

export function recordOf(approval: string, { digest, exchange }: ApprovalDocument): Asked {
  const expiresAt = '2026-01-01T00:01:00.000000Z';
  return { type: 'approval.asked', approval, exchange, digest, rules: [], groups: [], expiresAt };
}

/** The store of a gateway on one machine. */
export function openTestSqlite(dir: string): Promise<Store> {
  return openSqliteStore(join(dir, 'state.db'));
}

/** Two gateways on one store, each with its own log, and a clock that stands still. */
export class TestRegisters {
  readonly store: Store;
  /** Where the log of each lies. */
  readonly places: readonly LogPlace[];
  readonly recorded: LogRecord[] = [];
  nowMs = BEGUN;
  /** Of the key of the store, at registers that are made from now on. */
  vouch = VOUCH;
  needsPasskey = false;
  readonly #dir: string;
  readonly #logs: readonly DiskLog[];
  #digests = 0;

  constructor(dir: string, store: Store, logs: readonly DiskLog[], places: readonly LogPlace[]) {
    this.places = places;
    this.#dir = dir;
    this.store = store;
    this.#logs = logs;
  }

  static async open(openStore = openTestSqlite): Promise<TestRegisters> {
    const dir = await mkdtemp(join(tmpdir(), 'countersign-approvals-'));
    const store = await openStore(dir);
    const places = [await logPlace(join(dir, 'a')), await logPlace(join(dir, 'b'))];
    return new TestRegisters(dir, store, await Promise.all(places.map(openDiskLog)), places);
  }

  async close(): Promise<void> {
    await this.store.close();
    for (const log of this.#logs) await log.close();
    await rm(this.#dir, { recursive: true });
  }

  /** Begins a test: the clock where it was, and nothing recorded. */
  reset(): void {
    this.nowMs = BEGUN;
    this.recorded.length = 0;
  }

  log(gateway: number): DiskLog {
    return this.#logs[gateway] ?? assert.fail();
  }

  register(gateway = 0, store: Store = this.store): ApprovalRegister {
    const disk = this.log(gateway);
    const log = observedLog(disk, (records) => this.recorded.push(...records));
    const now = () => new Date(this.nowMs);
    const parts = { hmac: HMAC, vouch: this.vouch, needsPasskey: () => this.needsPasskey, limits: () => LIMITS, now };
    return new ApprovalRegister({ store, log, logKey: disk.vkey, ...parts });
  }

  /** A register of a gateway that has just started, with what its log says. */
  async restarted(gateway = 0): Promise<ApprovalRegister> {
    const again = this.register(gateway);
    await again.reconcile((transitions) => transitionsOnRecord(this.log(gateway).dir, transitions));
    return again;
  }

  /** A digest that no other test has asked for. */
  freshDigest(): string {
    this.#digests += 1;
    return this.#digests.toString(16).padStart(64, '0');
  }

  async asked(by: ApprovalRegister, digest: string, more: Partial<Asking> = {}): Promise<Approval> {
    const found = await by.ask(askingFor(digest, more), { leave: () => undefined }, recordOf);
    return typeof found === 'string' ? assert.fail('there are too many') : found;
  }

  /** Whether a register lets an exchange use an approval. */
  async isUsed(by: ApprovalRegister, id: string, digest: string): Promise<boolean> {
    return 'value' in (await by.use(id, EXCHANGE, askingFor(digest), used(id, digest)));
  }

  typesOf(approval: string): readonly string[] {
    return this.recorded.flatMap((record) =>
      'approval' in record && record.approval === approval ? [record.type] : [],
    );
  }

  /** A store that fails at the nth change of an approval from now on, as it does for a process that has died. */
  dyingAt(change: number): Store {
    let left = change;
    const { approvals } = this.store;
    const alive = () => {
      left -= 1;
      if (left <= 0) throw new TypeError('died');
      return approvals;
    };
    const dying: Collection<ApprovalDocument> = {
      ...approvals,
      insert: async (id, value) => alive().insert(id, value),
      replace: async (id, version, value) => alive().replace(id, version, value),
      remove: async (id, version) => alive().remove(id, version),
    };
    return { ...this.store, approvals: dying };
  }

  /** Leaves a claim on an approval, as a gateway does that dies before it has a record of it. */
  async leaveClaim(gateway: number, id: string, step: Step, atMs = this.nowMs): Promise<void> {
    const { version, value } = (await this.store.approvals.get(id)) ?? assert.fail();
    const claim = { step, transition: EXCHANGE, log: this.log(gateway).vkey, at: new Date(atMs).toISOString() };
    assert.ok(await this.store.approvals.replace(id, version, { ...value, claim }));
  }
}
