// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventParser } from './event-parser.ts';

const TEXT = ': still here\n\nevent: hello\ndata: {}\n\nevent: approvals\ndata: {"id":"1"}\n\n';
const EVENTS = [
  { name: 'hello', data: '{}' },
  { name: 'approvals', data: '{"id":"1"}' },
];

test('events come out, in whatever two chunks or single characters they come in; comments are none', () => {
  const cuts = [...TEXT].map((_, at) => [TEXT.slice(0, at), TEXT.slice(at)]);
  for (const chunks of [...cuts, [...TEXT]]) {
    const parser = new EventParser();
    assert.deepEqual(
      chunks.flatMap((chunk) => parser.push(chunk)),
      EVENTS,
    );
  }
});

test('an event without a name is a message; what is no event is passed over', () => {
  assert.deepEqual(new EventParser().push('data:a\ndata: b\n\nid: 1\n\n\n\nnonsense\n\n'), [
    { name: 'message', data: 'a\nb' },
  ]);
});

test('an event has a limit, whole or not', () => {
  for (const end of ['', '\n\n'])
    assert.throws(() => new EventParser().push(`data: ${'x'.repeat(65_536)}${end}`), { exitCode: 1 });
});
