// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KubeError } from '../error.ts';
import { split, utf8 } from '../fixtures/bytes.ts';
import { encodeStreamStatus, type StreamStatus, StreamStatusReader } from './stream-status.ts';

const noBytes = new Uint8Array(0);

function read(...parts: readonly Uint8Array[]): StreamStatus | undefined {
  const reader = new StreamStatusReader();
  for (const part of parts) reader.push(part);
  return reader.end();
}

const causes = '"details":{"causes":[{"reason":"Other","message":"9"},{"reason":"ExitCode","message":"7"}]}';

const said: readonly [text: string, status: StreamStatus][] = [
  ['{"metadata":{},"status":"Success"}', { outcome: 'success' }],
  [
    `{"metadata":{},"status":"Failure","message":"command terminated","reason":"NonZeroExitCode",${causes}}`,
    { outcome: 'exit', exitCode: 7, message: 'command terminated' },
  ],
  [
    '{"status":"Failure","message":"Internal error occurred: no sh","reason":"InternalError","code":500}',
    { outcome: 'failure', reason: 'InternalError', message: 'Internal error occurred: no sh' },
  ],
  ['{"status":"Failure"}', { outcome: 'failure', reason: '', message: '' }],
];

for (const [text, status] of said) {
  test(`${text} is read`, () => assert.deepEqual(read(utf8(text)), status));
}

test('a channel that says nothing has no status', () => assert.equal(read(utf8('')), undefined));

for (const text of [
  'error executing remote command',
  '[]',
  '{}',
  '{"status":"Done"}',
  '{"status":"Failure","message":1}',
  '{"status":"Failure","status":"Success"}',
  '{"status":"Success"}{"status":"Failure"}',
  '{"status":"Failure","reason":"NonZeroExitCode"}',
  '{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"0"}]}}',
  '{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"256"}]}}',
  '{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7x"}]}}',
  '{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":7}]}}',
]) {
  test(`${text} is refused`, () => assert.throws(() => read(utf8(text)), { code: 'ERR_KUBE_STREAM_STATUS' }));
}

test('a channel of over 64 KiB is refused when it gets there', () => {
  const reader = new StreamStatusReader();
  reader.push(new Uint8Array(64 * 1024));
  assert.throws(() => reader.push(utf8('x')), { code: 'ERR_KUBE_STREAM_STATUS' });
});

test('a channel of over 65,536 messages is refused when it gets there, also where they hold nothing', () => {
  const reader = new StreamStatusReader();
  for (let count = 0; count < 64 * 1024; count += 1) reader.push(noBytes);
  assert.equal(reader.end(), undefined);
  assert.throws(() => reader.push(noBytes), { code: 'ERR_KUBE_STREAM_STATUS' });
});

const message = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => text.isWellFormed());
const plain = { noNullPrototype: true } as const;
const status: fc.Arbitrary<StreamStatus> = fc.oneof(
  fc.constant<StreamStatus>({ outcome: 'success' }),
  fc.record({ outcome: fc.constant('exit' as const), exitCode: fc.integer({ min: 1, max: 255 }), message }, plain),
  fc.record({ outcome: fc.constant('failure' as const), reason: fc.constantFrom('', 'InternalError'), message }, plain),
);

test('a status that is written is read again, however its bytes are cut', () => {
  fc.assert(
    fc.property(status, fc.array(fc.integer({ min: 1, max: 30 })), (value, cuts) => {
      assert.deepEqual(read(...split(encodeStreamStatus(value), cuts)), value);
    }),
  );
});

test('a message is no markup', () => {
  const text = new TextDecoder().decode(encodeStreamStatus({ outcome: 'failure', reason: '', message: '<b>&' }));
  assert.doesNotMatch(text, /[<>&]/);
});

test('random JSON is read or refused with a KubeError', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      try {
        read(utf8(json));
      } catch (error) {
        assert.ok(error instanceof KubeError && error.code === 'ERR_KUBE_STREAM_STATUS', String(error));
      }
    }),
  );
});
