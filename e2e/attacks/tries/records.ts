// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { RawConnection } from '../../fixtures/raw-connection.ts';
import { countersign } from '../../installation/countersign.ts';
import { writtenFiles } from '../../installation/written-files.ts';
import type { Field } from '../field.ts';
import { type Try, triesOf } from '../try.ts';

const CONFIG_MAPS = '/api/v1/namespaces/demo/configmaps';
const SECRETS = '/api/v1/namespaces/demo/secrets';

/** All that a holder of every key can read in the log, as JSON. */
function openedLog({ site: { evidence } }: Field): Promise<string> {
  return countersign('evidence', 'list', evidence.dir, '--keys', evidence.keys, '-o', 'json');
}

/** Nothing that the product has written holds the text, in any of its forms; the log also opened with all keys. */
async function assertNowhere(field: Field, secret: string): Promise<void> {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1);
  const opened = await openedLog(field);
  const { log, dataDir } = field.site.config;
  const files = [...(await writtenFiles(log.dir)), ...(await writtenFiles(dataDir))];
  assert.ok(files.length > 0 && opened.length > 0);
  for (const form of [secret, base64, Buffer.from(secret).toString('hex')]) {
    assert.ok(!field.site.output.includes(form), 'a process has logged it');
    assert.ok(!opened.includes(form), 'it is in the log, sealed or not');
    for (const { path, bytes } of files) assert.equal(bytes.indexOf(form), -1, `${path} holds it`);
  }
}

const canary = () => `canary-${randomBytes(12).toString('hex')}`;

const secrets = triesOf(29, {
  'a credential that is refused, and one that is good': async (field) => {
    const refused = canary();
    assert.equal((await field.bot.call('GET', CONFIG_MAPS, { token: refused })).status, 401);
    await assertNowhere(field, refused);
    assert.equal((await field.bot.call('GET', CONFIG_MAPS)).status, 200);
    const [, , signature = ''] = (await field.site.token('bot')).split('.');
    await assertNowhere(field, signature);
  },
  'a credential as a sub-protocol': async (field) => {
    const secret = canary();
    const headers = { 'sec-websocket-protocol': `base64url.bearer.authorization.k8s.io.${secret}` };
    assert.equal((await field.bot.call('GET', CONFIG_MAPS, { headers })).status, 401);
    await assertNowhere(field, secret);
  },
  'the values of a Secret: written, read, refused, and in an error': async (field) => {
    const secret = canary();
    const name = 'recorded';
    const made = await field.bot.call('POST', SECRETS, {
      body: { metadata: { name }, stringData: { password: secret } },
    });
    assert.equal(made.status, 201, made.text);
    assert.equal((await field.bot.call('GET', `${SECRETS}/${name}`)).status, 200);
    const broken = await field.bot.call('POST', SECRETS, { body: { metadata: { name }, data: secret } });
    assert.ok(broken.status >= 400);
    const refused = await field.bot.call('POST', SECRETS, {
      body: { metadata: { name: 'asked' }, stringData: { password: secret }, type: 'bootstrap.kubernetes.io/token' },
    });
    assert.equal(refused.status, 403, refused.text);
    assert.equal((await field.bot.call('DELETE', `${SECRETS}/${name}`)).status, 200);
    await assertNowhere(field, secret);
  },
  'a body that could not be read': async (field) => {
    const secret = canary();
    const answer = await field.bot.call('POST', CONFIG_MAPS, { body: `{"data":{"password":"${secret}"},"data":{}}` });
    assert.equal(answer.status, 400);
    assert.ok(!answer.text.includes(secret));
    await assertNowhere(field, secret);
  },
});

/** Every control character but the line feed. */
const ESCAPE = /[^\P{Cc}\n]/u;

const terminals = triesOf(27, {
  'escapes in a name, a key and a user agent, looked at in the log': async (field) => {
    const name = '\u001b[2J\u001b]0;owned\u0007\u009b31m';
    const labels = { [name]: name };
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels } };
    const answer = await field.bot.call('POST', CONFIG_MAPS, { body, headers: { 'user-agent': '\u009b31m' } });
    assert.equal(answer.status, 422, answer.text);
    const { evidence } = field.site;
    for (const args of [
      ['list', evidence.dir],
      ['list', evidence.dir, '-o', 'json', '--keys', evidence.keys],
      ['show', evidence.dir, answer.id, '--keys', evidence.keys],
    ]) {
      const text = await countersign('evidence', ...args);
      assert.ok(text.includes(answer.id));
      assert.doesNotMatch(text, ESCAPE, args.join(' '));
    }
  },
  'escapes in what the gateway itself says of a request': async (field) => {
    const masked = (await field.bot.call('GET', `${SECRETS}/database`)).json.data.password;
    const key = '\u001b[2J\u009b31m';
    for (const body of [
      `{"metadata":{"name":"a"},"data":{"${JSON.stringify(key).slice(1, -1)}":"${masked}"}}`,
      `{"metadata":{"name":"a"},"data":{${JSON.stringify(key)}:"1",${JSON.stringify(key)}:"2"}}`,
    ]) {
      const answer = await field.bot.call('POST', CONFIG_MAPS, { body });
      assert.ok(answer.status === 422 || answer.status === 400, answer.text);
      const { message, details } = answer.json;
      assert.doesNotMatch(message, ESCAPE);
      for (const cause of details.causes) assert.doesNotMatch(`${cause.message}${cause.field ?? ''}`, ESCAPE);
    }
  },
});

const sources = triesOf(24, {
  'an address in headers: on record stands whose connection it was': async (field) => {
    const headers = { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', forwarded: 'for=203.0.113.9' };
    const { id } = await field.bot.call('GET', CONFIG_MAPS, { headers });
    const { evidence } = field.site;
    const args = ['--exchange', id, '--keys', evidence.keys, '-o', 'json'];
    const [line = ''] = (await countersign('evidence', 'list', evidence.dir, ...args)).split('\n');
    assert.equal(JSON.parse(line).sealed.source.address, '127.0.0.1');
  },
  'an address in the PROXY protocol, both versions': async (field) => {
    const { port } = await field.address();
    const second = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb007109cb00710901bb01bb', 'hex');
    for (const preamble of ['PROXY TCP4 203.0.113.9 203.0.113.9 443 443\r\n', second]) {
      const connection = await RawConnection.tcp(port);
      connection.write(preamble);
      await connection.closed();
      assert.doesNotMatch(connection.received.toString('latin1'), /HTTP/);
    }
  },
});

export const recordTries: readonly Try[] = [...secrets, ...terminals, ...sources];
