// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { it } from 'node:test';
import { maskPieces, planFor } from './fixtures/run-masker.ts';

const hmac = (message: Uint8Array) => createHmac('sha256', 'test key').update(message).digest();
const MASK = /masked-v1-[a-z]+-[a-z2-7]{26}/g;

/** The spec of a custom resource, as an agent sees it. */
function shown(spec: unknown): unknown {
  const body = JSON.stringify({ kind: 'Widget', apiVersion: 'example.org/v1', spec });
  const whole = maskPieces(planFor('get', 'example.org/widgets'), [Buffer.from(body)], { hmac, cluster: 'lab' });
  return JSON.parse(whole.replace(MASK, '…')).spec;
}

it('leaves the image and the uid of what is called secret, and nothing beside them', () => {
  const about = { image: 'nginx:1', uid: '0b9e1f3c-6a55-4f0b' };
  assert.deepEqual(shown({ secret: { ...about, inline: 'hunter2' } }), { secret: { ...about, inline: '…' } });
});

it('leaves ways to log in and switches under names that end in AUTH, whichever comes first, name or value', () => {
  const ways = { AUTH: ['basic', 'ldap'], SMTP_AUTH: 'enabled', N_AUTH: 1 };
  const pairs = [
    { name: 'KAFKA_AUTH', value: 'SASL_SSL' },
    { value: 'optional', name: 'KAFKA_AUTH' },
  ];
  assert.deepEqual(shown({ ...ways, pairs }), { ...ways, pairs });
  const secrets = {
    AUTH: ['tiger'],
    MQ_AUTH: 'lion',
    adminPassword: 'ldap',
    pairs: [
      { value: 'ldap', name: 'DB_PASSWORD' },
      { value: 'ldap', key: 'AUTH', name: 'DB_PASSWORD' },
      { value: 'tiger', name: 'MQ_AUTH' },
    ],
  };
  assert.doesNotMatch(JSON.stringify(shown(secrets)), /tiger|lion|ldap/);
});

it('masks in managed fields what stands below the name of a secret', () => {
  const fieldsV1 = {
    'f:spec': {
      'f:tokens': { 'v:"sunflower"': {}, '.': {} },
      'f:modes': { 'v:"tulip"': {} },
      'f:password': { 'f:deep': { 'k:{"value":"lilac"}': { 'f:value': {} } } },
      'f:after': { 'v:"daisy"': {} },
    },
  };
  const metadata = {
    name: 'w',
    managedFields: [{ manager: 'm', operation: 'Apply', fieldsType: 'FieldsV1', fieldsV1 }],
  };
  const body = JSON.stringify({ kind: 'Widget', apiVersion: 'example.org/v1', metadata });
  const out = maskPieces(planFor('get', 'example.org/widgets'), [Buffer.from(body)], { hmac, cluster: 'lab' });
  assert.doesNotMatch(out, /sunflower|lilac/);
  assert.match(out, /tulip.*daisy/);
  assert.deepEqual(
    JSON.parse(body.replace('v:\\"sunflower\\"', 'x').replace('k:{\\"value\\":\\"lilac\\"}', 'y')),
    JSON.parse(
      out.replaceAll(/v:\\"masked-v1-field-\w+\\"/g, (_, at: number) => (at < out.indexOf('f:modes') ? 'x' : 'y')),
    ),
  );
});

it('masks the value of a pair whatever its members are called, and in whichever order they come', () => {
  for (const [name, value] of [
    ['Name', 'Value'],
    ['envName', 'envValue'],
    ['envVar', 'val'],
    ['header', 'value'],
    ['paramKey', 'content'],
    ['id', 'plainText'],
    ['property', 'default-value'],
    ['variable', 'text'],
    ['field_name', 'raw'],
  ] as const) {
    for (const secret of ['DB_PASSWORD', 'api-token', 'Authorization']) {
      assert.deepEqual(shown({ a: { [name]: secret, [value]: 'tiger' } }), { a: { [name]: secret, [value]: '…' } });
      assert.deepEqual(shown({ a: { [value]: 'tiger', [name]: secret } }), { a: { [value]: '…', [name]: secret } });
    }
    const plain = { a: { [name]: 'LOG_LEVEL', [value]: 'debug', image: 'nginx:1', type: 'x' } };
    assert.deepEqual(shown(plain), plain);
  }
  for (const name of ['apiKey', 'adminPasswordValue', 'privateKey']) {
    assert.deepEqual(shown({ a: { [name]: 'tiger' } }), { a: { [name]: '…' } });
  }
  assert.deepEqual(shown({ secret: { option: 'tiger', setting: 'lion' } }), { secret: { option: '…', setting: '…' } });
  const others = [
    { name: 'api-token', image: 'registry.example.com/x:1.2', version: 'v1.22.3', uid: '0b9e1f3c-6a55', kind: 'Pod' },
    { secretName: 'db-password', defaultMode: 420, items: [{ key: 'password', path: 'x' }] },
    { secretName: 'db-password', text: 'reads the Secret' },
  ];
  assert.deepEqual(shown({ others }), { others });
});
