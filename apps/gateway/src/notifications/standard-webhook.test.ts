// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webhookHeaders, webhookKey } from './standard-webhook.ts';

test('a message is signed as the libraries of Standard Webhooks expect it', () => {
  const key = webhookKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  assert.ok(key);
  const at = new Date(1_614_265_330_999);
  assert.deepEqual(webhookHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', at, '{"test": 2432232314}', key), {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a secret is whsec_ and 24 to 64 bytes in base64, and nothing else', () => {
  const secret = (bytes: number) => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;
  for (const bytes of [24, 64]) assert.equal(webhookKey(secret(bytes))?.length, bytes);
  for (const wrong of [secret(23), secret(65), secret(32).slice(6), `${secret(32)} `, 'whsec_!', 'whsec_', ''])
    assert.equal(webhookKey(wrong), undefined, wrong);
});
