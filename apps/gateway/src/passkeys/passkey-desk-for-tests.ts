// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { ApprovalDocument } from '../approvals/approval.ts';
import { askingFor } from '../approvals/approval-fixture.ts';
import type { ApprovalRegister, Asking } from '../approvals/approval-register.ts';
import { cardOf, shownOf } from '../approvals/card.ts';
import { recordOf, TestRegisters } from '../approvals/registers-for-tests.ts';
import type { Approval, ApprovalRecord } from '../approvals/transitions.ts';
import type { Config } from '../config/schema.ts';
import { authorize } from '../control/authorize.ts';
import { type CallerOf, type ControlParts, createControlApi } from '../control/control-api.ts';
import { answerFlaw } from '../control/openapi/answer-flaw-for-tests.ts';
import type { TokenFacts } from '../identity/authentication.ts';
import { observedLog } from '../log/observed-log.ts';
import type { Store } from '../store/store.ts';
import { Challenges } from './challenges.ts';
import { SoftwareAuthenticator } from './software-authenticator-for-tests.ts';
import { siteOf } from './web-authn-site.ts';

const ISSUER = 'https://people.example';
export const SITE = siteOf('http://localhost:8447');

const config = {
  issuers: [{ kind: 'oidc', name: 'people', issuer: ISSUER }],
  roles: {
    operator: [{ issuer: 'people', group: 'operators' }],
    auditor: [],
    approver: ['approvers', 'security'].map((group) => ({ issuer: 'people', group })),
  },
} as unknown as Config;

/** What a body says of a verdict. */
export interface Saying {
  readonly digest: string;
  readonly reason: string;
  readonly unseen: number;
}

/** A person at the control API, with an authenticator of theirs. */
export class Approver {
  readonly authenticator = new SoftwareAuthenticator(SITE);
  readonly #desk: PasskeyDesk;
  readonly #subject: string;
  readonly #groups: readonly string[];

  constructor(desk: PasskeyDesk, subject: string, groups: readonly string[]) {
    this.#desk = desk;
    this.#subject = subject;
    this.#groups = groups;
  }

  ask(path: string, method = 'GET', body?: object) {
    return this.#desk.ask(this.#subject, this.#groups, path, method, body);
  }

  /** Registers the passkey of an authenticator, theirs unless another one is given, for which theirs vouches if it is asked. */
  async register(authenticator = this.authenticator) {
    const { status, body } = await this.ask('/api/v1/passkeys/options', 'POST');
    if (status !== 200) return { status, body };
    const response = authenticator.create(body.options);
    const assertion = body.vouch && this.authenticator.get(body.vouch);
    return this.ask('/api/v1/passkeys', 'POST', { name: 'laptop', response, assertion });
  }

  challenge(approval: string, verdict: 'approve' | 'deny', said: Saying) {
    return this.ask(`/api/v1/approvals/${approval}/challenge`, 'POST', { ...said, verdict });
  }

  say(approval: string, verdict: 'approve' | 'deny', said: Saying, assertion?: AuthenticationResponseJSON) {
    return this.ask(`/api/v1/approvals/${approval}/${verdict}`, 'POST', { ...said, assertion });
  }

  /** An assertion over a challenge of their own. */
  async assertion(approval: string, verdict: 'approve' | 'deny', said: Saying): Promise<AuthenticationResponseJSON> {
    const { status, body } = await this.challenge(approval, verdict, said);
    assert.equal(status, 200, JSON.stringify(body));
    return this.authenticator.get(body.options);
  }
}

/** The control API as the console asks it, over a store, a log and a register, for people with passkeys. */
export class PasskeyDesk {
  readonly registers: TestRegisters;
  readonly register: ApprovalRegister;
  via: 'console' | 'bearer' = 'console';
  passkeys: Config['approvals']['passkeys'] = 'offered';
  /** How long ago people logged in. */
  loggedInMsAgo = 0;
  readonly #parts: ControlParts;

  constructor(registers: TestRegisters) {
    this.registers = registers;
    this.register = registers.register();
    const { store } = registers;
    const now = () => new Date(registers.nowMs);
    this.#parts = {
      ...{
        store,
        register: this.register,
        config: () => ({ ...config, approvals: { passkeys: this.passkeys } }),
        now,
        site: SITE,
        onProblem: assert.ifError,
      },
      registry: { lookup: () => undefined },
      onOwners: () => undefined,
      log: observedLog(registers.log(0), (records) => registers.recorded.push(...records)),
      passkeys: store.passkeys,
      challenges: new Challenges({ challenges: store.passkeyChallenges, now }),
    } as unknown as ControlParts;
  }

  static async open(openStore?: (dir: string) => Promise<Store>): Promise<PasskeyDesk> {
    return new PasskeyDesk(await TestRegisters.open(openStore));
  }

  person(subject: string, groups: readonly string[] = ['approvers']): Approver {
    return new Approver(this, subject, groups);
  }

  /** A request that waits, on record as the gateway puts it. */
  async asked(more: Partial<Asking> = {}): Promise<{ readonly id: string; readonly said: Saying }> {
    const digest = this.registers.freshDigest();
    const recordShown = (id: string, document: ApprovalDocument): ApprovalRecord => {
      const { salt } = document;
      return {
        ...recordOf(id, document),
        shown: shownOf(document),
        sealed: { shown: { salt, card: cardOf(document) } },
      };
    };
    const found = await this.register.ask(askingFor(digest, more), { leave: () => undefined }, recordShown);
    assert.ok(typeof found !== 'string');
    return { id: found.id, said: { digest, reason: '', unseen: 0 } };
  }

  /** Faults on record of an approval. */
  faultsOf(approval: string): readonly string[] {
    return this.registers.recorded.flatMap((record) =>
      record.type === 'refusal' && record.approval === approval ? [record.fault] : [],
    );
  }

  /** Changes what is stored of an approval, as who can write there does. */
  async alter(id: string, change: (approval: ApprovalDocument) => ApprovalDocument): Promise<Approval> {
    const { approvals } = this.registers.store;
    const { value, version } = (await approvals.get(id)) ?? assert.fail();
    assert.ok(await approvals.replace(id, version, change(value)));
    return (await approvals.get(id)) ?? assert.fail();
  }

  async ask(subject: string, groups: readonly string[], path: string, method: string, body?: object) {
    const facts = {
      issuer: ISSUER,
      subject,
      names: [subject],
      addresses: [],
      groups,
      act: [],
      credentialDigest: '0'.repeat(64),
    };
    const authenticator = {
      authenticate: async () => ({ kind: 'authenticated', facts: facts as unknown as TokenFacts }),
    };
    const parts = { ...this.#parts, authenticator: () => authenticator } as unknown as ControlParts;
    const callerOf: CallerOf = async (context) => {
      const caller = await authorize(context.req.header('authorization'), parts);
      const loggedInAt = new Date(this.registers.nowMs - this.loggedInMsAgo).toISOString();
      return 'problem' in caller ? caller : { ...caller, via: this.via, ...(this.via === 'console' && { loggedInAt }) };
    };
    const app = createControlApi(parts, () => '192.0.2.1', callerOf);
    const sent = { method, headers: { authorization: 'Bearer a' }, ...(body && { body: JSON.stringify(body) }) };
    const answer = await app.request(`https://gateway${path}`, sent);
    const told = JSON.parse((await answer.text()) || '{}');
    assert.equal(answerFlaw(method, path, answer.status, told), undefined);
    return { status: answer.status, body: told };
  }

  close(): Promise<void> {
    return this.registers.close();
  }
}
