// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LearnedValues } from './learned-values.ts';

const bytes = (text: string) => Buffer.from(text);

describe('LearnedValues', () => {
  it('knows a value again in text, in base64 at each shift, and escaped', () => {
    const values = fc.uint8Array({ minLength: 8, maxLength: 40 });
    const around = fc.string({ maxLength: 9 });
    fc.assert(
      fc.property(values, around, around, (value, before, after) => {
        const learned = new LearnedValues();
        learned.add(value);
        const whole = Buffer.concat([bytes(before), value, bytes(after)]);
        assert.ok(learned.isIn(whole));
        assert.ok(learned.isIn(bytes(`${before}${whole.toString('base64')}${after}`)));
      }),
    );
    const quoted = new LearnedValues();
    quoted.add(bytes('with "quotes" and\nlines'));
    assert.ok(quoted.isIn(bytes(JSON.stringify({ a: 'with "quotes" and\nlines' }))));
  });

  it('knows the same once it was packed', () => {
    const values = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
    fc.assert(
      fc.property(values, fc.uint8Array({ maxLength: 60 }), (all, text) => {
        const learned = new LearnedValues();
        for (const value of all) learned.add(value);
        const again = LearnedValues.unpack(learned.pack());
        assert.equal(again.size, learned.size);
        for (const one of [text, ...all]) assert.equal(again.placeIn(one), learned.placeIn(one));
        assert.deepEqual(again.pack(), learned.pack());
      }),
    );
  });

  it('keeps what it learned when the buffer that held it is used again', () => {
    const learned = new LearnedValues();
    const buffer = Buffer.from('gT5yH1uJ6iK3 and more');
    learned.add(buffer.subarray(0, 12));
    buffer.fill(0);
    assert.equal(learned.isIn(bytes('log in with gT5yH1uJ6iK3')), true);
  });

  it('does not find what is not there, nor learn what is short', () => {
    const learned = new LearnedValues();
    learned.add(bytes('short'));
    assert.equal(learned.size, 0);
    learned.add(bytes('a value of some length'));
    assert.equal(learned.isIn(bytes('a value of another length')), false);
    assert.equal(learned.isIn(bytes('')), false);
  });

  it('tells nobody who adds values of their own how another one begins', () => {
    const secret = 'Zk9vQ2x7Lm4Np8Rt';
    for (const own of [1, 63, 64, 500]) {
      const learned = new LearnedValues();
      learned.add(bytes(secret));
      for (let i = 0; i < own; i++) learned.add(bytes(`Zk9v${String(i).padStart(12, '0')}`));
      for (const guess of ['Zk9vAAAAAAAAAAAA', 'Zk9vQ2xAAAAAAAAA', `Zk9v AAAAAAAA `.repeat(2_000)])
        assert.equal(learned.isIn(bytes(guess)), false, `${own} ${guess.slice(0, 16)}`);
      assert.equal(learned.isIn(bytes(`it is ${secret}`)), true);
    }
  });

  it('stays quick, by masking more, on texts and values made to be slow', () => {
    const learned = new LearnedValues();
    for (let i = 0; i < 5000; i++) learned.add(bytes(`aaaa${String(i).padStart(12, '0')}`));
    const started = process.hrtime.bigint();
    assert.equal(learned.isIn(bytes('aaaa00000'.repeat(30_000))), true);
    assert.equal(learned.isIn(bytes('a'.repeat(300_000))), false);
    assert.equal(learned.isIn(bytes('x aaaa000000004999 y')), true);
    assert.ok(process.hrtime.bigint() - started < 1_000_000_000n);
  });
});
