// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openapiRedirect } from './openapi-redirect.ts';
import { parseRequest } from './parse-request.ts';

const APPS = '/openapi/v3/apis/apps/v1';
const redirect = (target: string, location: string | undefined) =>
  openapiRedirect(parseRequest('GET', target), location);

test('a stale hash is sent on to the hash that the same document has now', () => {
  assert.equal(redirect(`${APPS}?hash=01AF`, `${APPS}?hash=99BC`), `${APPS}?hash=99BC`);
});

for (const location of [
  undefined,
  '',
  APPS,
  `${APPS}?hash=`,
  `${APPS}?hash=1&hash=2`,
  `${APPS}?hash=1#x`,
  `${APPS}?hash=a%20b`,
  '/openapi/v3/apis/batch/v1?hash=99BC',
  '/api/v1/secrets?hash=99BC',
  `//evil.example${APPS}?hash=99BC`,
  `https://evil.example${APPS}?hash=99BC`,
  `${APPS}?hash=99BC\r\nset-cookie: a=b`,
]) {
  test(`no document of OpenAPI sends on to ${JSON.stringify(location)}`, () => {
    assert.equal(redirect(`${APPS}?hash=01AF`, location), undefined);
  });
}

for (const target of [APPS, '/openapi/v3?hash=1', '/openapi/v2?hash=1', '/api/v1', '/api/v1/namespaces/a/secrets/b']) {
  test(`${target} is sent nowhere`, () => {
    const path = target.split('?')[0];
    assert.equal(redirect(target, `${path}?hash=99BC`), undefined);
  });
}
