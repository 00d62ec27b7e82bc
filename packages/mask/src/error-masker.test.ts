// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { it } from 'node:test';
import { createErrorMasker } from './error-masker.ts';
import { maskPieces, planFor } from './fixtures/run-masker.ts';
import { LearnedValues } from './learned/learned-values.ts';

const VALUE = 'correct horse battery';
const source = { cluster: 'lab', resource: 'message', namespace: 'demo', name: 'web', part: '' };
const hmac = (message: Uint8Array) => createHmac('sha256', 'test key').update(message).digest();
const MASK = /masked-v1-[a-z]+-[a-z2-7]{26}/g;

function told(pieces: readonly string[], more: { learned?: LearnedValues; nonce?: Uint8Array } = {}): string {
  const masker = createErrorMasker({ hmac, inflate: () => undefined, source, ...more });
  const parts = [...pieces.map((piece) => masker.write(Buffer.from(piece))), masker.end()];
  return Buffer.concat(parts).toString();
}

it('masks in an error in plain text what it masks in the words of a Status', () => {
  for (const [error, masked] of [
    ['too many requests, please try again later\n', 'too many requests, please try again later\n'],
    [`spec.adminPassword: Invalid value: "${VALUE}": bad\n`, 'spec.adminPassword: Invalid value: "…": bad\n'],
    [`cannot admit {"args":["--token","${VALUE}"]}`, 'cannot admit …'],
    [`pod updates may not change:\n-  "Value": "${VALUE}"\n+  "Value": "x"\n`, 'pod updates may not change:\n…'],
    ['login failed: password=hunter2', 'login failed: password=…'],
  ] as const) {
    const whole = told([error]);
    assert.equal(whole.replace(MASK, '…'), masked);
    for (let at = 0; at <= error.length; at++) assert.equal(told([error.slice(0, at), error.slice(at)]), whole);
  }
});

it('masks what the request has brought along, and says nothing of it to who compares', () => {
  const learned = new LearnedValues();
  learned.add(Buffer.from(VALUE));
  const error = `"${VALUE}" is in use`;
  assert.equal(told([error], { learned }).replace(MASK, '…'), '"…" is in use');
  const [one, other] = [1, 2].map((byte) => told([error], { learned, nonce: new Uint8Array(16).fill(byte) }));
  assert.notEqual(one, other);
});

it('masks each value that the request has brought along, each time it stands there', () => {
  const learned = new LearnedValues();
  for (const value of [VALUE, 'staple of the east', '"quoted" value']) learned.add(Buffer.from(value));
  const error = `"${VALUE}" was "staple of the east", not "${VALUE}" or '"quoted" value', says x: ${VALUE}`;
  assert.equal(told([error], { learned }).replace(MASK, '…'), `"…" was "…", not "…" or '…', says x: …`);
  assert.equal(told([`""quoted" value" is bad`], { learned }).replace(MASK, '…'), '"…" is bad');
  const plan = planFor('patch', 'example.org/widgets');
  const status = JSON.stringify({ kind: 'Status', message: `"${VALUE}" is not "${VALUE}"` });
  const masked = maskPieces(plan, [Buffer.from(status)], { hmac, cluster: 'lab', learned });
  assert.equal(JSON.parse(masked).message.replace(MASK, '…'), '"…" is not "…"');
});

it('tells nothing of an error that is longer than any, so that its status goes on, and refuses one without an end', () => {
  const masker = createErrorMasker({ hmac, inflate: () => undefined, source });
  const long = Buffer.alloc(16 * 1024, `the password is ${VALUE}\n`);
  assert.deepEqual([masker.write(long), masker.write(new Uint8Array(1))], [new Uint8Array(0), new Uint8Array(0)]);
  const words = 'the words of this error were withheld, as they are more than 16384 bytes\n';
  assert.equal(Buffer.from(masker.end()).toString(), words);
  assert.equal(told([`${VALUE} `.repeat(2000)]), words);
  const endless = createErrorMasker({ hmac, inflate: () => undefined, source });
  endless.write(new Uint8Array(1024 * 1024));
  assert.throws(() => endless.write(new Uint8Array(1)), { code: 'ERR_MASK_ITEM_TOO_LARGE' });
  assert.throws(() => endless.end(), { code: 'ERR_MASK_ENDED' });
});
