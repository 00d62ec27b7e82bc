// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import type { ApprovalView } from '@countersign/wire';
import { type Answer, call } from '../installation/call.ts';
import type { ControlPlace } from '../installation/gateway-process.ts';

const PAGE = 200;

/** A person at the control API itself, who says more in a second than the command line could be started for. */
export class Approver {
  readonly name: string;
  readonly #control: string;
  readonly #ca: string;
  readonly #token: string;

  private constructor(name: string, control: string, ca: string, token: string) {
    this.name = name;
    this.#control = control;
    this.#ca = ca;
    this.#token = token;
  }

  static async of({ control, caFile, provider }: ControlPlace, person: string): Promise<Approver> {
    return new Approver(person, control, await readFile(caFile, 'utf8'), await provider.token(person));
  }

  /** All approvals that this person may see, or those that are open. */
  async list(state: 'open' | 'all'): Promise<ApprovalView[]> {
    const found: ApprovalView[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const { json } = await this.#ask('GET', `?state=${state}&limit=${PAGE}&after=${after}`);
      found.push(...json.items);
      after = json.next;
    }
    return found;
  }

  say(verb: 'approve' | 'deny', { id, digest }: ApprovalView, reason: string): Promise<Answer> {
    return this.#ask('POST', `/${id}/${verb}`, JSON.stringify({ digest, reason }));
  }

  #ask(method: string, path: string, body?: string): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    return call({ method, url: `${this.#control}/api/v1/approvals${path}`, ca: this.#ca, headers, body });
  }
}
