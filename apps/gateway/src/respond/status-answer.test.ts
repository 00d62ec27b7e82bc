// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Incoming } from '../data/incoming.ts';
import { Fault } from '../faults.ts';
import { statusAnswer } from './status-answer.ts';

const ID = '3f0c1d1e-8f0e-4a55-9f04-6d1a5a1c2e11';
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

function incoming(target: string, headers: Incoming['headers'] = []): Incoming {
  return { target, headers, hasBody: false } as unknown as Incoming;
}

function answerTo(target: string, accept: string, fault = new Fault('ERR_AGENT_EXPIRED')) {
  const { headers, body, status } = statusAnswer(ID, fault, incoming(target, [['accept', accept]]));
  return { type: new Map(headers).get('content-type'), text: Buffer.from(body).toString(), status };
}

test('a fault is a Status with the request id in it', () => {
  const { type, text, status } = answerTo('/clusters/lab/api/v1/pods', 'application/json');
  assert.equal(type, 'application/json');
  assert.equal(status, 403);
  const { kind, message, reason, details } = JSON.parse(text);
  assert.deepEqual([kind, reason], ['Status', 'Forbidden']);
  assert.ok(message.endsWith(`(request ${ID})`));
  assert.equal(details.uid, ID);
  assert.equal(details.causes[0].reason, 'ERR_AGENT_EXPIRED');
});

test('a refusal of aggregated discovery is a text, which is all that client-go prints of it', () => {
  for (const target of ['/clusters/lab/api', '/clusters/lab/apis?timeout=32s']) {
    const { type, text, status } = answerTo(target, AGGREGATED);
    assert.equal(type, 'text/plain; charset=utf-8');
    assert.equal(status, 403);
    assert.equal(text, `the agent's registration has expired; ask its owner to renew it (request ${ID})\n`);
  }
});

test('nothing else is', () => {
  const others = [
    answerTo('/clusters/lab/api/v1', AGGREGATED),
    answerTo('/clusters/lab/apis', 'application/json'),
    answerTo('/clusters/lab/apis', AGGREGATED, new Fault('ERR_LOG_FAILED')),
  ];
  for (const { type } of others) assert.equal(type, 'application/json');
});

test('what a caller wrote comes back without what a terminal would obey', () => {
  const written = 'data[\u001b[2J\u009b31m\u202e\n]';
  const causes = [{ reason: 'FieldValueInvalid', message: written, field: written }];
  const fault = new Fault('ERR_MASKED_VALUE_WRITTEN', written, { causes });
  const { message, details } = JSON.parse(answerTo('/clusters/lab/api/v1/pods', 'application/json', fault).text);
  const shown = 'data[\\u{1b}[2J\\u{9b}31m\\u{202e}\\u{a}]';
  assert.ok(message.includes(shown), message);
  assert.deepEqual(details.causes[1], { reason: 'FieldValueInvalid', message: shown, field: shown });
});

test('what upstream said over several lines keeps them, and nothing else that a terminal would obey', () => {
  const causes = [{ reason: 'FieldValueForbidden', message: 'Forbidden: a\n\u001b[2J-b', field: 'spec\n' }];
  const fault = new Fault('ERR_EFFECT_REFUSED', 'may not change a\n\u001b[2J-b', { causes });
  const { message, details } = JSON.parse(answerTo('/clusters/lab/api/v1/pods', 'application/json', fault).text);
  assert.ok(message.startsWith('may not change a\n\\u{1b}[2J-b ('), message);
  const { message: shown, field } = details.causes[1];
  assert.deepEqual([shown, field], ['Forbidden: a\n\\u{1b}[2J-b', 'spec\\u{a}']);
});
