// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequest } from '@countersign/kube';
import type { Exchange } from '../exchange.ts';
import { RefusedUpgrades } from './refused-upgrades.ts';

const TARGET = '/api/v1/namespaces/a/pods/p/exec?command=id';

function attempt(
  id: string,
  transport: 'websocket' | 'spdy',
  change: { agent?: string; target?: string; switched?: boolean } = {},
): Exchange {
  const { agent = 'bot', target = TARGET, switched = false } = change;
  return {
    ...{ id, cluster: 'lab', session: 's', principal: { id: agent }, upgrade: { offer: { transport } } },
    incoming: { reply: { switched } },
    request: parseRequest(transport === 'spdy' ? 'POST' : 'GET', target),
  } as unknown as Exchange;
}

function refused(...attempts: readonly Exchange[]) {
  let nowMs = 0;
  const upgrades = new RefusedUpgrades(() => nowMs);
  for (const one of attempts) upgrades.remember(one);
  const later = (ms: number) => {
    nowMs += ms;
  };
  return { upgrades, later };
}

test('a SPDY attempt is told which WebSocket attempt it tries once more, once', () => {
  const { upgrades } = refused(attempt('first', 'websocket'));
  assert.equal(upgrades.firstOf(attempt('retry', 'spdy')), 'first');
  assert.equal(upgrades.firstOf(attempt('again', 'spdy')), undefined);
});

test('an attempt whose container was named later is known by what it asked for', () => {
  const first = attempt('first', 'websocket', { target: `${TARGET}&container=main` });
  const { upgrades } = refused({ ...first, asked: parseRequest('GET', TARGET) });
  assert.equal(upgrades.firstOf(attempt('retry', 'spdy')), 'first');
});

test('another agent, another target, another WebSocket attempt or a late one is no retry', () => {
  const { upgrades, later } = refused(attempt('first', 'websocket'));
  assert.equal(upgrades.firstOf(attempt('other', 'spdy', { agent: 'else' })), undefined);
  assert.equal(upgrades.firstOf(attempt('other', 'spdy', { target: `${TARGET}&command=x` })), undefined);
  assert.equal(upgrades.firstOf(attempt('other', 'websocket')), undefined);
  later(10_000);
  assert.equal(upgrades.firstOf(attempt('late', 'spdy')), undefined);
});

test('what was refused is kept up to a number, the last ones', () => {
  const many = Array.from({ length: 5_000 }, (_, index) => attempt(String(index), 'websocket', { agent: `a${index}` }));
  const { upgrades } = refused(...many);
  assert.equal(upgrades.firstOf(attempt('retry', 'spdy', { agent: 'a0' })), undefined);
  assert.equal(upgrades.firstOf(attempt('retry', 'spdy', { agent: 'a903' })), undefined);
  assert.equal(upgrades.firstOf(attempt('retry', 'spdy', { agent: 'a904' })), '904');
  assert.equal(upgrades.firstOf(attempt('retry', 'spdy', { agent: 'a4999' })), '4999');
});

test('what was switched, and told there that it may not go on, is tried again by nobody', () => {
  const { upgrades } = refused(attempt('first', 'websocket', { switched: true }));
  assert.equal(upgrades.firstOf(attempt('second', 'spdy')), undefined);
});
