// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { it } from 'node:test';
import { maskPieces, planFor } from './fixtures/run-masker.ts';

const hmac = (message: Uint8Array) => createHmac('sha256', 'test key').update(message).digest();
const base64 = (content: string | Uint8Array) => Buffer.from(content).toString('base64');

function shown(members: object): Record<string, Record<string, string>> {
  const body = JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'c' }, ...members });
  return JSON.parse(maskPieces(planFor('get', '/configmaps'), [Buffer.from(body)], { hmac, cluster: 'lab' }));
}

it('masks all of a member with the name of a secret, on however many lines, unless its name says that it is a file', () => {
  const data = {
    DB_PASSWORD: 'sunflower\n\n',
    'api-token': 'tulip\nrose\n',
    'secret-key': '\nlilac',
    password: '# rotated monthly\ndaisy\n',
    'passwords.txt': 'alice violet\nbob poppy\n',
  };
  for (const [name, value] of Object.entries(shown({ data }).data ?? {})) {
    assert.match(value, /^masked-v1-password-[a-z2-7]{26}$/, name);
  }
  const files = {
    'password.yaml': 'user: app\npassword: tulip\n',
    'secrets.env': 'LEVEL=debug\nTOKEN=lilac\n',
    'notes.txt': 'one\ntwo\n',
  };
  const masked = JSON.stringify(shown({ data: files }).data);
  assert.doesNotMatch(masked, /tulip|lilac/);
  assert.match(masked, /user: app.*LEVEL=debug.*one\\ntwo/);
});

it('masks binary members with the name of a secret, as base64', () => {
  const secret = base64(Uint8Array.of(1, 2, 250, 99));
  const logo = base64(Uint8Array.of(7, 8, 251, 9, 200));
  const { binaryData } = shown({
    binaryData: { 'api-token': secret, logo, 'password.yaml': base64('password: tulip\n') },
  });
  assert.equal(binaryData?.logo, logo);
  for (const name of ['api-token', 'password.yaml']) {
    assert.match(Buffer.from(binaryData?.[name] ?? '', 'base64').toString(), /^masked-v1-/, name);
  }
});
