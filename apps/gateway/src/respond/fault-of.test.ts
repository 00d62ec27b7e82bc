// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../faults.ts';
import { TunnelError } from '../tunnel/tunnel-error.ts';
import { endFault } from './fault-of.ts';

test('what ended an exchange is told, but for what knows itself what became of it', () => {
  const ended = AbortSignal.abort(new Fault('ERR_UPSTREAM_TIMEOUT'));
  const lost = new TunnelError('ERR_TUNNEL_CANCELLED', 'nobody waits for it any more', { sent: true });
  const part = new Fault('ERR_COLLECTION_STOPPED', '40 of 100 objects are deleted', { fate: 'done in part' });
  assert.equal(endFault(lost, ended).code, 'ERR_UPSTREAM_TIMEOUT');
  assert.equal(endFault(new Fault('ERR_ENDED', 'x'), ended).code, 'ERR_UPSTREAM_TIMEOUT');
  assert.equal(endFault(part, ended), part);
  assert.equal(endFault(part, new AbortController().signal), part);
  assert.equal(endFault(lost, new AbortController().signal).code, 'ERR_UPSTREAM_LOST');
});
