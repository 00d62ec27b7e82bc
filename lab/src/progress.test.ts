// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProgress, type LabProgress, withStep } from './progress.ts';

const step = { phase: 'build', what: 'compiling etcd', step: 2, of: 5 } as const;

test('a step says that it started and that it is done, and gives what the work gave', async () => {
  const said: LabProgress[] = [];
  assert.equal(
    await withStep(
      (progress) => said.push(progress),
      step,
      async () => 42,
    ),
    42,
  );
  assert.deepEqual(
    said.map(({ state }) => state),
    ['started', 'done'],
  );
  for (const { what, of, elapsedMs } of said) {
    assert.equal(what, 'compiling etcd');
    assert.equal(of, 5);
    assert.ok(Number.isInteger(elapsedMs));
  }
});

test('a step that fails says so, and its error passes through', async () => {
  const said: LabProgress[] = [];
  const broken = async (): Promise<never> => {
    throw new TypeError('no');
  };
  await assert.rejects(
    withStep((progress) => said.push(progress), step, broken),
    TypeError,
  );
  assert.deepEqual(
    said.map(({ state }) => state),
    ['started', 'failed'],
  );
});

test('a step whose result tells of a problem has failed, with the problem in its words', async () => {
  const said: LabProgress[] = [];
  const listener = (progress: LabProgress): void => {
    said.push(progress);
  };
  await withStep(
    listener,
    step,
    async () => 'no answer',
    (result) => result,
  );
  assert.deepEqual(
    said.map(({ state, what }) => `${state} ${what}`),
    ['started compiling etcd', 'failed compiling etcd: no answer'],
  );
});

test('progress reads as a line', () => {
  const line = (state: LabProgress['state']): string => formatProgress({ ...step, state, elapsedMs: 41_200 });
  assert.equal(line('started'), '[2/5] compiling etcd …');
  assert.equal(line('running'), '[2/5] compiling etcd: 41 s');
  assert.equal(line('done'), '[2/5] compiling etcd: done in 41.2 s');
  assert.equal(line('failed'), '[2/5] compiling etcd: failed');
});
