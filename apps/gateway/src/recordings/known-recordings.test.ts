// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { KnownRecordings } from './known-recordings.ts';
import { NOTHING_RECORDED } from './recover-recording.ts';

test('a recording that was taken back is none of its session', () => {
  const known = new KnownRecordings(() => new Date(0));
  const session = randomUUID();
  const [kept, takenBack] = [randomUUID(), randomUUID()].map((stream) => ({ exchange: randomUUID(), session, stream }));
  assert.ok(kept && takenBack);
  const begun = { type: 'recording.start', key: randomUUID(), header: '00'.repeat(32) } as const;
  const ended = { type: 'recording.end', ...NOTHING_RECORDED, end: 'cut', reason: 'not-switched' } as const;
  known.add([
    { ...begun, ...kept },
    { ...begun, ...takenBack },
    { ...ended, ...takenBack },
    { ...ended, ...kept, chunks: 2 },
  ]);
  const left = known.ofSession(session).map(({ stream, ended: end }) => [stream, end?.reason]);
  assert.deepEqual(left, [[kept.stream, 'not-switched']]);
});
