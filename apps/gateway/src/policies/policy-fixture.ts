// SPDX-License-Identifier: Apache-2.0
import {
  type Decision,
  hypotheticalInput,
  type PolicyInput,
  type PolicySet,
  type Principal,
} from '@countersign/policy';
import { CedarEngine } from './cedar.ts';
import { preparedSet } from './load-policy-set.ts';

/** For tests: one engine, because opening another costs 70 ms. */
export const engine = new CedarEngine();

export const agent: Principal = {
  kind: 'agent',
  id: 'bot',
  owner: 'ada',
  purpose: 'tests',
  groups: ['readers'],
  issuer: 'https://issuer.example',
  subject: 'bot',
  act: [],
};

/** The policies of cluster `lab`, from texts of its own and of the organisation. */
export function labSet(own: string, organisation = '// nothing'): PolicySet {
  return preparedSet(engine, 'lab', [
    { set: 'organisation', file: 'all.cedar', text: organisation },
    { set: 'lab', file: 'own.cedar', text: own },
  ]);
}

/** What agent `bot` would be judged by if it sent `asked`, `GET /api/v1/pods`, with this body. */
export function inputOf(asked: string, body?: unknown): PolicyInput {
  const [method = '', target = ''] = asked.split(' ');
  const bytes = body === undefined ? {} : { body: new TextEncoder().encode(JSON.stringify(body)) };
  const surroundings = { sourceAddress: '192.0.2.1', time: '2026-01-05T12:00:00.000Z' };
  return hypotheticalInput(agent, 'lab', { method, target, ...bytes }, surroundings);
}

/** `effect` and rules in one line: `ask lab/a organisation/b`. */
export function spell(decision: Decision): string {
  return [decision.effect, ...decision.rules.map(({ set, id }) => `${set}/${id}`)].join(' ');
}
