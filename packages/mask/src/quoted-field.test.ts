// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { it } from 'node:test';
import { cut, maskPieces, planFor } from './fixtures/run-masker.ts';

const VALUE = 'Wq7xK2vR9wEm4tB8';
const MASK = /masked-v1-field-[a-z2-7]{26}/;
const options = {
  hmac: (message: Uint8Array) => createHmac('sha256', 'test key').update(message).digest(),
  cluster: 'lab',
};

interface Shown {
  readonly message: string;
  readonly details: { readonly causes: readonly { readonly message: string; readonly field: string }[] };
}

/** What an agent is told of an error, with the order in which an API server writes its members and with the other. */
function told(field: string, error: string, resource = 'example.org/widgets'): readonly Shown[] {
  const message = `Widget "main" is invalid: [metadata.name: Invalid value: "A_b": a name, ${field}: ${error}]`;
  const reason = 'FieldValueInvalid';
  return [
    { reason, message: error, field },
    { field, message: error, reason },
  ].map((cause) => {
    const details = { name: 'main', group: 'example.org', kind: 'Widget', causes: [cause] };
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message,
      reason: 'Invalid',
      details,
      code: 422,
    };
    const body = JSON.stringify(status);
    const whole = maskPieces(planFor('patch', resource), [Buffer.from(body)], options);
    assert.equal(maskPieces(planFor('patch', resource), cut(body, [body.length >> 1]), options), whole);
    return JSON.parse(whole);
  });
}

it('masks what an error of validation quotes of a secret field, and nothing else of it', () => {
  for (const [field, error, resource] of [
    ['spec.adminPassword', `Invalid value: "${VALUE}": spec.adminPassword in body should match '^a'`],
    ['spec.tokens[1]', `Duplicate value: "${VALUE}"`],
    ['spec.apiToken', `Unsupported value: "${VALUE}": supported values: "a", "b"`],
    ['spec.apiToken', `Invalid value: "a \\"quoted\\" ${VALUE}": bad`],
    ['metadata.annotations[example.org/api-token]', `Invalid value: "${VALUE}": bad`],
    ['spec.containers[0].env[0].value', `Invalid value: "${VALUE}": bad`, 'apps/deployments'],
    ['data[api-token.v1]', `Invalid value: "${VALUE}": bad`, '/configmaps'],
    ['spec.passwords[main]', `Invalid value: "${VALUE}": bad`],
    ['spec.passwords[the main one]', `Invalid value: "${VALUE}": bad`],
    ['spec.settings[the password]', `Invalid value: "${VALUE}": bad`],
    ['spec.passwords[main][0]', `Invalid value: "${VALUE}": bad`],
    ['data[DB_PASSWORD]', `Invalid value: "${VALUE}": bad`, '/configmaps'],
    ['spec.pin.password', 'Invalid value: 48151623: must be less than 10'],
    ['spec.password', `Invalid value: {"a":["${VALUE}"]}: must be a string`],
  ] as const) {
    for (const { message, details } of told(field, error, resource)) {
      const text = JSON.stringify([message, details]);
      assert.ok(!text.includes(VALUE) && !text.includes('48151623'), text);
      assert.match(message, MASK);
      assert.match(details.causes[0]?.message ?? '', MASK);
      assert.match(message, /metadata\.name: Invalid value: "A_b": a name/);
      assert.equal(details.causes[0]?.field, field);
    }
  }
});

it('leaves what it quotes of other fields', () => {
  const fields = [
    'spec.size',
    'spec.secretName',
    'metadata.name',
    'spec.passwordRef.name',
    'data[a b.json]',
    'spec.a[0]',
  ];
  for (const field of fields) {
    for (const { message, details } of told(field, 'Invalid value: "Not_A_Name": a lower-case name is wanted')) {
      assert.ok(!MASK.test(JSON.stringify([message, details])), message);
    }
  }
});
