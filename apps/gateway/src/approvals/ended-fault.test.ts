// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askingFor, signatureOf } from './approval-fixture.ts';
import { endedFault } from './ended-fault.ts';

test('a reason reaches the terminal of who asked as text, whatever is in it', () => {
  const { ttlSeconds: _, ...asked } = askingFor('a'.repeat(64));
  const reason = 'no\u001b[2Jyes \u202egnorw\r\napproved';
  for (const state of ['denied', 'withdrawn'] as const) {
    const endedBy = { ...signatureOf('grace'), reason };
    const value = { ...asked, state, signatures: [], salt: '', card: '', askedAt: '', expiresAt: '', endedBy };
    const { detail } = endedFault({ id: 'approval', version: 1, value }, () => undefined);
    assert.match(detail, /no\\u\{1b\}\[2Jyes \\u\{202e\}gnorw\\u\{d\}\\u\{a\}approved$/);
    assert.doesNotMatch(detail, /[\p{Cc}\p{Cf}]/u);
  }
});
