// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Life } from '../exchange.ts';
import { type LiveExchange, LiveExchanges } from './live-exchanges.ts';

type Told = Parameters<Life['decided']>[0];

const decided = (lane: string, effect: string, more: object = {}) =>
  ({ lane, made: { decision: { effect } }, ...more }) as unknown as Told;

function lives(...ids: readonly string[]) {
  const live = new LiveExchanges();
  const of = Object.fromEntries(ids.map((id) => [id, live.add({ id } as LiveExchange, () => {})]));
  return { live, of: of as Record<string, Life> };
}

describe('those who wait for an answer', () => {
  it('are all but those whose answer has begun, or that have gone', () => {
    const { live, of } = lives('get', 'list', 'watch');
    assert.equal(live.waiting, 3);
    of.list?.decided(decided('read', 'allow'));
    of.list?.begun();
    assert.equal(live.waiting, 2);
    of.get?.leave();
    of.list?.leave();
    assert.deepEqual([live.waiting, live.size], [1, 1]);
  });

  it('are none that waits for a person, but it is one again once it goes on', () => {
    for (const lane of ['write', 'exec', 'portforward'] as const) {
      const { live, of } = lives('asked');
      of.asked?.decided(decided(lane, 'ask'));
      assert.equal(live.waiting, 0);
      of.asked?.decided(decided(lane, 'ask', { approval: {} }));
      assert.equal(live.waiting, 1);
      of.asked?.leave();
      assert.equal(live.waiting, 0);
    }
  });
});
