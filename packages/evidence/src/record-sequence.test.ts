// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Leaf } from './record.ts';
import { RecordSequence } from './record-sequence.ts';

const exchange = '6f1c2c3e-9a40-4b8e-8a43-0d4f0a1b2c3d';

function leaf(type: string, more: object = {}): Leaf {
  const decision = { effect: 'allow' };
  return { id: 'x', type, ts: '2026-11-24T00:00:00.000000Z', epoch: 1, exchange, decision, ...more } as unknown as Leaf;
}

const opened = leaf('log.opened', { clean: true });

describe('RecordSequence', () => {
  it('follows what begins and ends', () => {
    const sequence = new RecordSequence();
    sequence.apply(opened, leaf('intent'), leaf('answer.start'), leaf('stream.start', { stream: 's', recorded: [] }));
    assert.deepEqual(sequence.open, [`intent ${exchange}`, `answer ${exchange}`, `stream s ${exchange}`]);
    sequence.apply(leaf('stream.end', { stream: 's' }), leaf('outcome'), leaf('answer.end'), leaf('log.closed'));
    assert.deepEqual([sequence.open, sequence.closed, sequence.epoch], [[], true, 1]);
  });

  it('has a recording under way from its start to its end', () => {
    const sequence = new RecordSequence();
    const of = { stream: 's' };
    sequence.apply(opened, leaf('recording.start', of), leaf('recording.progress', of));
    assert.deepEqual(sequence.open, [`recording s ${exchange}`]);
    sequence.apply(leaf('recording.end', of), leaf('log.closed'));
    assert.deepEqual(sequence.open, []);
  });

  it('has no intent of what was not let through', () => {
    const intentOf = (effect: string, more: object = {}) => leaf('intent', { decision: { effect }, ...more });
    for (const one of [
      intentOf('allow'),
      intentOf('ask', { approval: exchange }),
      intentOf('ask', { grant: exchange }),
    ])
      assert.doesNotThrow(() => new RecordSequence().apply(opened, one));
    for (const one of [intentOf('ask'), intentOf('deny', { approval: exchange }), intentOf('undecided')])
      assert.throws(() => new RecordSequence().apply(opened, one), { code: 'ERR_EVIDENCE_ORDER' });
  });

  it('is as it was after a refusal', () => {
    const sequence = new RecordSequence();
    sequence.apply(opened, leaf('intent'));
    const later = { ts: '2026-11-24T00:00:01.000000Z' };
    const refused = [leaf('outcome', later), leaf('answer.start', later), leaf('outcome', later)];
    assert.throws(() => sequence.apply(...refused), { code: 'ERR_EVIDENCE_ORDER' });
    assert.deepEqual([sequence.open, sequence.time], [[`intent ${exchange}`], opened.ts]);
  });

  it('refuses records that are out of order', () => {
    const wrong: readonly (readonly Leaf[])[] = [
      [leaf('intent')],
      [leaf('log.opened', { clean: false })],
      [leaf('log.opened', { clean: true, epoch: 2 })],
      [opened, leaf('recovery')],
      [opened, leaf('outcome')],
      [opened, leaf('intent'), leaf('intent')],
      [opened, leaf('recording.progress')],
      [opened, leaf('stream.start', { recorded: ['down'] })],
      [opened, leaf('recording.end')],
      [opened, leaf('recording.start'), leaf('recording.start')],
      [opened, leaf('recording.start'), leaf('log.closed')],
      [opened, leaf('intent'), leaf('log.closed')],
      [opened, leaf('log.closed'), leaf('intent')],
      [opened, leaf('log.closed'), leaf('log.opened', { clean: false, epoch: 2 })],
      [opened, leaf('intent', { ts: '2026-11-23T23:59:59.999999Z' })],
      [opened, leaf('intent', { epoch: 2 })],
      [opened, leaf('log.opened', { clean: false, epoch: 2 }), leaf('intent', { epoch: 2 })],
    ];
    for (const leaves of wrong) {
      assert.throws(() => new RecordSequence().apply(...leaves), { code: 'ERR_EVIDENCE_ORDER' });
    }
  });
});
