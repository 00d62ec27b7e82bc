// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { learnFromWrite } from './learn-from-write.ts';
import { LearnedValues } from './learned-values.ts';

const bytes = (text: string) => Buffer.from(text);
const base64 = (text: string) => bytes(text).toString('base64');

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

  it('does not find what is not there, nor learn what is short', () => {
    const learned = new LearnedValues();
    learned.add(bytes('short'));
    assert.equal(learned.size, 0);
    learned.add(bytes('a value of some length'));
    assert.equal(learned.isIn(bytes('a value of another length')), false);
    assert.equal(learned.isIn(bytes('')), false);
  });

  it('stays quick, by masking more, on texts and values made to be slow', () => {
    const learned = new LearnedValues();
    for (let i = 0; i < 5000; i++) learned.add(bytes(`aaaa${String(i).padStart(12, '0')}`));
    const started = process.hrtime.bigint();
    assert.equal(learned.isIn(bytes('a'.repeat(300_000))), true);
    assert.equal(learned.isIn(bytes('x aaaa000000004999 y')), true);
    assert.ok(process.hrtime.bigint() - started < 1_000_000_000n);
  });
});

describe('learnFromWrite', () => {
  const learns = (body: string, value: string) => learnFromWrite(bytes(body)).isIn(bytes(`x ${value} y`));

  it('learns from objects and patches', () => {
    const secret = {
      kind: 'Secret',
      metadata: { name: 'a-public-name' },
      data: { a: base64('value-in-data') },
      stringData: { b: 'value-in-string' },
    };
    const body = JSON.stringify(secret);
    assert.ok(learns(body, 'value-in-data'));
    assert.ok(learns(body, 'value-in-string'));
    assert.equal(learns(body, 'a-public-name'), false);
    const patch = JSON.stringify([{ op: 'replace', path: '/data', value: { deep: [base64('value-in-patch')] } }]);
    assert.ok(learns(patch, 'value-in-patch'));
    assert.ok(learns(patch, base64('value-in-patch')));
  });

  it('learns what it can from a body that breaks off', () => {
    assert.ok(learns(`{"data":{"a":"${base64('value-in-data')}",`, 'value-in-data'));
    assert.equal(learnFromWrite(bytes('data: x')).size, 0);
  });
});
