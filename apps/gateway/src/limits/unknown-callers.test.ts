// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnknownCallers } from './unknown-callers.ts';

const from = (remoteAddress: string, remotePort: number) => ({ remoteAddress, remotePort });

test('a source has so many connections at once, of IPv6 all of a /64 together', () => {
  const callers = new UnknownCallers(2);
  assert.equal(callers.connect(from('2001:db8::1', 1)), true);
  assert.equal(callers.connect(from('2001:db8::2', 1)), true);
  assert.equal(callers.connect(from('2001:db8::3', 1)), false);
  assert.equal(callers.connect(from('2001:db8:0:1::3', 1)), true, 'another network');
  callers.disconnect(from('2001:db8::1', 1));
  assert.equal(callers.connect(from('2001:db8::3', 1)), true);
});

test('a connection whose caller is known takes no place, nor do the requests on it', () => {
  const callers = new UnknownCallers(1);
  const first = from('192.0.2.1', 1);
  assert.equal(callers.connect(first), true);
  const asking = callers.ask(first);
  assert.ok(asking);
  assert.equal(callers.ask(first), undefined, 'a source has so many requests at once');
  assert.equal(callers.connect(from('192.0.2.1', 2)), false);
  asking.known();
  asking.known();
  assert.equal(callers.connect(from('192.0.2.1', 2)), true);
  const others = [callers.ask(first), callers.ask(first)];
  for (const other of others) other?.leave();
  asking.leave();
  callers.disconnect(first);
  assert.equal(callers.connect(from('192.0.2.1', 3)), false, 'what was known gives no place back twice');
});

test('a request gives its place back when it is over, also after its connection', () => {
  const callers = new UnknownCallers(1);
  const peer = from('192.0.2.1', 1);
  callers.connect(peer);
  callers.ask(peer)?.leave();
  const late = callers.ask(peer);
  callers.disconnect(peer);
  assert.equal(callers.ask(from('192.0.2.1', 2)), undefined);
  late?.known();
  late?.leave();
  assert.equal(callers.connect(peer), true);
  assert.equal(callers.connect(from('192.0.2.1', 2)), false);
  assert.ok(callers.ask(peer));
});
