// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { ApprovalView } from '@countersign/wire';
import { controlFlags } from '../installation/control-flags.ts';
import { type CommandResult, countersign, runCountersign } from '../installation/countersign.ts';
import { eventually } from '../installation/eventually.ts';
import type { IndexedRecord, Installation } from '../installation.ts';

type Verb = 'approve' | 'deny' | 'withdraw';

/** Where people of an installation look at approvals and say what they say, by the command line. */
export class Desk {
  readonly #site: Installation;
  readonly #seen = new Set<string>();

  constructor(site: Installation) {
    this.#site = site;
  }

  /** What waits, or all there is. */
  async list(person: string, ...more: readonly string[]): Promise<ApprovalView[]> {
    const text = await countersign('approvals', 'list', ...more, '-o', 'json', ...this.#as(person));
    return text
      .split('\n')
      .filter(Boolean)
      .map((line): ApprovalView => JSON.parse(line));
  }

  /** The approval of an action that waits, once there is one. */
  waiting(action: string): Promise<ApprovalView> {
    return eventually(`${action} waits for a countersignature`, async () => {
      const open = await this.list('operator');
      return open.find((one) => one.action === action && one.state === 'pending');
    });
  }

  /** An approval that has begun to wait since this was asked last. */
  async newlyPending(): Promise<ApprovalView | undefined> {
    const fresh = (await this.list('operator')).find(({ state, id }) => state === 'pending' && !this.#seen.has(id));
    if (fresh) this.#seen.add(fresh.id);
    return fresh;
  }

  async find(id: string): Promise<ApprovalView> {
    return JSON.parse(await countersign('approvals', 'show', id, '-o', 'json', ...this.#as('operator')));
  }

  async show(person: string, id: string): Promise<string> {
    return countersign('approvals', 'show', id, ...this.#as(person));
  }

  /** What somebody says who doesn't say what they saw, where there is no terminal to ask them in. */
  async sayUnread(person: string, verb: Verb, id: string): Promise<CommandResult> {
    return runCountersign('approvals', verb, id, ...this.#as(person));
  }

  /** What somebody says of what they saw, and how that ended. */
  async say(person: string, verb: Verb, id: string, ...more: readonly string[]): Promise<CommandResult> {
    const seen = more.includes('--digest') ? [] : ['--digest', (await this.find(id)).digest];
    return runCountersign('approvals', verb, id, ...seen, ...more, ...this.#as(person));
  }

  /** As {@link Desk.say}, which must be taken. */
  async says(person: string, verb: Verb, id: string, ...more: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.say(person, verb, id, ...more);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  /** Records of an approval, in order. */
  async records(id: string): Promise<IndexedRecord['record'][]> {
    const all = (await this.#site.records()).map(({ record }) => record);
    return all.filter((record) => 'approval' in record && record.approval === id);
  }

  #as(person: string): readonly string[] {
    return controlFlags(this.#site, person);
  }
}
