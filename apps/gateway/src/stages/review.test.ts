// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequest } from '@countersign/kube';
import type { Committed, Forwarded } from '../exchange.ts';
import { Fault } from '../faults.ts';
import { review } from './review.ts';

const asking = (agent: string, resource: string) =>
  ({
    principal: { id: agent },
    request: parseRequest('POST', `/apis/authorization.k8s.io/v1/${resource}`),
  }) as unknown as Committed;

test('an agent is told one thing after the other of all that it may do, others meanwhile', async () => {
  const answers: ((fault: Fault) => void)[] = [];
  const forward = () => new Promise<Forwarded | Fault>((resolve) => void answers.push(resolve));
  const stage = review(forward, {} as Parameters<typeof review>[1]);
  const gone = new Fault('ERR_ENDED');
  const first = stage(asking('a', 'selfsubjectrulesreviews'));
  const again = await stage(asking('a', 'selfsubjectrulesreviews'));
  assert.ok(again instanceof Fault && again.code === 'ERR_LIMIT_REVIEWS');
  const others = [stage(asking('b', 'selfsubjectrulesreviews')), stage(asking('a', 'selfsubjectaccessreviews'))];
  assert.equal(answers.length, 3);
  for (const answer of answers) answer(gone);
  for (const one of [first, ...others]) assert.equal(await one, gone);
  const next = stage(asking('a', 'selfsubjectrulesreviews'));
  answers.at(-1)?.(gone);
  assert.equal(await next, gone, 'and again once it has been told');
});
