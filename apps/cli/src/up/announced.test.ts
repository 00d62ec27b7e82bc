// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessLog } from '@countersign/gateway';
import { announced } from './announced.ts';

test('whoever watches is told of changes, rejections and problems, and of the same one once', () => {
  const written: string[] = [];
  const write = (message: string) => written.push(message);
  const log: ProcessLog = {
    started: () => undefined,
    served: () => undefined,
    tookUp: write,
    rejected: write,
    warn: write,
    problem: write,
  };
  const said: string[] = [];
  const loud = announced(log, (message) => said.push(message));

  loud.rejected('the policies', ['lab/bad.cedar:1: unexpected token `;`']);
  loud.tookUp('the policies');
  loud.tookUp('the policies');
  loud.tookUp('the configuration', ['listeners']);
  loud.problem('background work failed', new Error('no space left'));
  loud.problem('background work failed', new Error('no space left'));
  loud.warn('the evidence log has 1 bytes of space left');

  assert.deepEqual(said, [
    "the policies changed and can't be used; what was in force stays:\n    lab/bad.cedar:1: unexpected token `;`",
    'the policies changed: in force now',
    'the policies changed: in force now',
    'the configuration changed: in force now; a restart is needed for listeners',
    'background work failed: no space left',
    'the evidence log has 1 bytes of space left',
  ]);
  assert.equal(written.length, 7);
});
