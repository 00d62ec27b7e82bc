// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type CpuProfile, formatSelfTimes, selfTimes } from './profile-table.ts';

const frame = (id: number, functionName: string, url: string) => ({ id, callFrame: { functionName, url } });

const profile: CpuProfile = {
  nodes: [
    frame(1, '(idle)', ''),
    frame(2, '(garbage collector)', ''),
    frame(3, 'encode', 'file:///work/apps/gateway/src/log/record-encoder.ts'),
    frame(4, 'serve', 'file:///work/apps/gateway/src/serve.ts'),
    frame(5, 'parse', 'file:///work/node_modules/zod/v4/core/schemas.js'),
    frame(6, 'request', 'node:internal/http2/core'),
    frame(7, 'writeBuffer', ''),
  ],
  startTime: 1_000,
  samples: [3, 1, 2, 3, 4, 5, 6, 7, 3],
  timeDeltas: [100, 100, 200, 100, 100, 100, 100, 100, 1_000],
};

it('sums up what each module took itself, within the spans, without idle time', () => {
  const times = selfTimes(profile, [{ from: 1_150, to: 2_000 }]);
  assert.deepEqual(
    times.map(({ module, share }) => [module, Math.round(share * 700)]),
    [
      ['(garbage collector)', 200],
      ['apps/gateway/log', 100],
      ['apps/gateway', 100],
      ['zod', 100],
      ['node:internal/http2', 100],
      ['(native) writeBuffer', 100],
      ['(0 more)', 0],
    ],
  );
});

it('sums up the small ones', () => {
  const times = selfTimes(profile, [{ from: 0, to: 9_999 }], 0.5);
  assert.deepEqual(
    times.map(({ module }) => module),
    ['apps/gateway/log', '(5 more)'],
  );
  assert.match(formatSelfTimes(times), /^ {3}66\.7 % {2}apps\/gateway\/log$/m);
});

it('says nothing of spans without samples', () => {
  assert.deepEqual(selfTimes(profile, []), []);
});
