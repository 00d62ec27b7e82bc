// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ESC, EscapeSequence } from './escape-sequence.ts';

/** All sequences of a text, read one after another; `begin` says whether each is read as if it were the first. */
function sequencesOf(source: Uint8Array, isFresh: boolean) {
  const sequence = new EscapeSequence();
  const all: unknown[] = [];
  for (let at = 0; at < source.length; ) {
    if (source[at] !== ESC) at++;
    else {
      if (isFresh) sequence.begin();
      sequence.read(source, at, source.length);
      const { end, kind, isOpen, final, parameter } = sequence;
      all.push([at, end, kind, isOpen, final, parameter]);
      at = end;
    }
  }
  return all;
}

test('strings that are opened again and again and never ended are looked through once', () => {
  let steps = 0;
  const text = Buffer.from('\x1b]'.repeat(4_096));
  const counted = new Proxy(text, {
    get(of, key) {
      if (typeof key === 'string' && /^\d/.test(key)) steps += 1;
      return Reflect.get(of, key, of);
    },
  });
  assert.equal(sequencesOf(counted, false).length, 4_096 - 126, 'the last of them is open');
  assert.ok(steps < 6 * text.length, `${steps} bytes were looked at of ${text.length}`);
});

test('a sequence reads the same whatever was read before it', () => {
  const part = fc.constantFrom(
    '\x1b]',
    '\x1bP',
    '\x1b[1',
    '\x1b[2K',
    '\x1b',
    '\x07',
    '\x1b\\',
    '\n',
    'a',
    'b'.repeat(100),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      const text = Buffer.from(parts.join(''));
      assert.deepEqual(sequencesOf(text, false), sequencesOf(text, true));
    }),
  );
});
