// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { assertRefused, type Field } from '../field.ts';
import { BASE_PATH, FRONTED } from '../front.ts';
import { send } from '../send.ts';
import { type Try, triesOf } from '../try.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';

/** Asks for something of the cluster behind the front: what came back, and which targets the front got. */
async function askFronted(field: Field, method: string, path: string, body?: object) {
  const front = field.front;
  const before = front.targets.length;
  const bot = field.site.as('bot', { cluster: FRONTED, kubectl: field.site.lab('lab').kubectl });
  const answer = await bot.call(method, path, { body });
  return { answer, targets: front.targets.slice(before), strayed: front.strayed() };
}

/** Each is refused, and nothing comes to the front, within its base path or outside. */
const escapes = [
  '/../../../admin',
  '/api/v1/../../../../admin',
  '/api/v1/%2e%2e/%2e%2e/%2e%2e/admin',
  '/api/v1/..%2f..%2f..%2fadmin',
  '/api/v1/..;/..;/admin',
  '/api/v1/.%2e/x',
  '//admin',
  '/api//v1/..//admin',
  '/api/v1/namespaces/%2e%2e',
];

const basePath: readonly Try[] = triesOf(9, {
  'control: what is asked for stands behind the base path': async (field) => {
    const { answer, targets } = await askFronted(field, 'GET', CONFIG_MAPS);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(targets, [`${BASE_PATH}${CONFIG_MAPS}`]);
  },
  'dots, escaped dots and slashes out of the base path': async (field) => {
    for (const path of escapes) {
      const { answer, targets } = await askFronted(field, 'GET', path);
      assertRefused(answer, 400, 'ERR_TARGET_MALFORMED');
      assert.deepEqual(targets, [], path);
    }
  },
  'dots in a query, which are none': async (field) => {
    const { targets } = await askFronted(field, 'GET', `${CONFIG_MAPS}?continue=/../../../admin`);
    assert.deepEqual(targets, [`${BASE_PATH}${CONFIG_MAPS}?continue=%2F..%2F..%2F..%2Fadmin`]);
  },
  'a target that begins with another host': async (field) => {
    const front = field.front;
    const before = front.targets.length;
    const aim = {
      address: await field.address(),
      prefix: `/clusters/${FRONTED}`,
      token: await field.site.token('bot'),
    };
    const lines = ['GET $PREFIX@evil.example/ HTTP/1.1', 'Host: gateway', 'Authorization: Bearer $TOKEN', '', ''];
    const { answer } = await send({ request: { form: 'bytes', text: lines.join('\r\n') } }, 'HTTP/1.1', aim);
    assert.equal(answer, 404);
    assert.deepEqual(front.targets.slice(before), []);
  },
});

const redirects: readonly Try[] = triesOf(18, {
  'a redirect is neither followed nor passed on': async (field) => {
    for (const status of [300, 301, 302, 303, 307, 308]) {
      const { answer, targets, strayed } = await askFronted(field, 'GET', `${CONFIG_MAPS}/redirect-${status}`);
      assertRefused(answer, 502, 'ERR_UPSTREAM_REDIRECT');
      assert.equal(answer.headers.location, undefined);
      assert.equal(targets.length, 1);
      assert.equal(strayed, 0, 'somebody went where a redirect led');
    }
  },
  'a redirect of a write, which would carry its body along': async (field) => {
    const { answer, strayed } = await askFronted(field, 'DELETE', `${CONFIG_MAPS}/redirect-307`, { dryRun: ['All'] });
    assertRefused(answer, 502, 'ERR_UPSTREAM_REDIRECT');
    assert.equal(strayed, 0);
  },
  'a redirect of what the gateway itself asks before a write': async (field) => {
    const body = { metadata: { name: 'redirect-307' } };
    const { answer, targets, strayed } = await askFronted(field, 'PUT', `${CONFIG_MAPS}/redirect-307`, body);
    assertRefused(answer, 503, 'ERR_POLICY_UNAVAILABLE');
    assert.deepEqual([targets.length, strayed], [1, 0]);
  },
  "the API server's own, to the OpenAPI document of now": async (field) => {
    const answer = await field.bot.call('GET', '/openapi/v3/api/v1?hash=00');
    assert.equal(answer.status, 301, answer.text);
    assert.match(String(answer.headers.location), /^\/clusters\/lab\/openapi\/v3\/api\/v1\?hash=[0-9A-F]+$/);
  },
});

export const upstreamTries: readonly Try[] = [...basePath, ...redirects];
