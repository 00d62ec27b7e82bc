// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WatchSplitter } from './watch-splitter.ts';

const decoder = new TextDecoder();

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

test('chunk borders and white space carry no meaning', () => {
  const event = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }));
  const blank = fc.constantFrom('', '\n', ' \r\n\t');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(event, blank)),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (events, sizes) => {
        const body = bytes(events.map(([value, gap]) => JSON.stringify(value) + gap).join(''));
        const splitter = new WatchSplitter();
        const seen: unknown[] = [];
        for (let offset = 0; offset < body.length; ) {
          const chunk = body.subarray(offset, offset + sizes.next().value);
          seen.push(...splitter.push(chunk).map((part) => JSON.parse(decoder.decode(part))));
          offset += chunk.length;
        }
        splitter.end();
        assert.deepEqual(
          seen,
          events.map(([value]) => JSON.parse(JSON.stringify(value))),
        );
      },
    ),
  );
});

test('an event is handed over with its last byte', () => {
  const splitter = new WatchSplitter();
  assert.equal(splitter.push(bytes('{"type":"ADDED","a":"}{\\"')).length, 0);
  assert.equal(splitter.push(bytes('"}')).length, 1);
});

test('an event owns its bytes', () => {
  const chunk = bytes('{"a":1}{"b"');
  const splitter = new WatchSplitter();
  const [event] = splitter.push(chunk);
  chunk.fill(0x78);
  assert.equal(decoder.decode(event), '{"a":1}');
  assert.deepEqual(
    splitter.push(bytes(':2}')).map((part) => decoder.decode(part)),
    ['{"b":2}'],
  );
});

test('an event over the limit is refused, one at the limit is not', () => {
  assert.equal(new WatchSplitter({ maxEventBytes: 7 }).push(bytes('{"a":1}\n{"b":2}')).length, 2);
  assert.throws(() => new WatchSplitter({ maxEventBytes: 6 }).push(bytes('{"a":1}')), {
    code: 'ERR_KUBE_EVENT_TOO_LARGE',
  });
  const splitter = new WatchSplitter({ maxEventBytes: 6 });
  splitter.push(bytes('{"a":'));
  assert.throws(() => splitter.push(bytes('"xxx')), { code: 'ERR_KUBE_EVENT_TOO_LARGE' });
});

for (const text of ['[]', '1', '"x"', '{"a":1},{"b":2}', '\u0000{}', '\ufeff{}']) {
  test(`${JSON.stringify(text)} is no watch stream`, () => {
    assert.throws(() => new WatchSplitter().push(bytes(text)), { code: 'ERR_KUBE_WATCH_FRAME' });
  });
}

test('a body that ends inside an event is cut', () => {
  const splitter = new WatchSplitter();
  splitter.push(bytes('{"a":1}\n{"b"'));
  assert.throws(() => splitter.end(), { code: 'ERR_KUBE_WATCH_CUT' });
});
