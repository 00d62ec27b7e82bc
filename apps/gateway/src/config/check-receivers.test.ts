// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkCertificates } from './check-files.ts';
import { ConfigError } from './config-error.ts';
import { parseConfig } from './load.ts';
import type { Config } from './schema.ts';

const tls = { certificateFile: 'a', keyFile: 'b' };

function parsed(notifications: object, file = 'config.yaml'): Config {
  const config = {
    ...{ dataDir: 'data', log: { dir: 'log' }, policies: { dir: 'policies' }, clusters: [{ name: 'lab' }] },
    listeners: { data: { tls }, tunnel: {}, control: { tls }, health: {} },
    issuers: [{ kind: 'oidc', name: 'people', issuer: 'https://idp.example', audience: 'countersign' }],
    notifications,
  };
  return parseConfig(file, JSON.stringify(config));
}

function problemsOf(notifications: object): readonly string[] {
  try {
    parsed(notifications);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

const webhook = { kind: 'webhook', name: 'ops', url: 'https://hooks.example/a?b=c', secretFile: 'secret' };
const slack = { kind: 'slack', name: 'chat', urlFile: 'url' };

test('receivers stand once, on https, or on http of this machine', () => {
  const local = ['http://127.0.0.1:9000/', 'http://localhost:9000', 'http://[::1]/'];
  for (const url of local) assert.deepEqual(problemsOf({ receivers: [{ ...webhook, url }, slack] }), [], url);
  const bad = [
    'http://hooks.example',
    'ftp://127.0.0.1',
    'https://user:pass@hooks.example',
    'https://h.example#f',
    'x',
  ];
  for (const url of bad) {
    const [problem] = problemsOf({ receivers: [{ ...webhook, url }] });
    assert.match(problem ?? '', /^notifications\.receivers\.0\.url: /, url);
  }
  assert.deepEqual(problemsOf({ receivers: [webhook, { ...slack, name: 'ops' }] }), [
    'notifications.receivers.1.name: receiver "ops" stands here twice',
  ]);
  assert.equal(problemsOf({ receivers: [{ ...webhook, topics: ['everything'] }] }).length, 1);
  assert.equal(problemsOf({ receivers: [{ ...slack, url: 'https://hooks.slack.example' }] }).length, 1);
  const { receivers } = parsed({ receivers: [webhook] }).notifications;
  assert.ok(receivers[0]?.topics.includes('approvals') && receivers[0].topics.includes('undecided'));
});

test('their files are read by the check, and what is in them is told to nobody', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'countersign-receivers-'));
  t.after(() => rm(dir, { recursive: true }));
  const { notifications, ...rest } = parsed({ receivers: [webhook, slack] }, join(dir, 'config.yaml'));
  const problems = async () => {
    const found = await checkCertificates({ ...rest, notifications });
    return found.flatMap(({ path, message }) => (path.startsWith('notif') ? [`${path}: ${message}`] : []));
  };
  assert.deepEqual(await problems(), [
    `notifications.receivers.0.secretFile: ${dir}/secret is not there`,
    `notifications.receivers.1.urlFile: ${dir}/url is not there`,
  ]);
  await writeFile(join(dir, 'secret'), 'not-a-secret-of-that-kind');
  await writeFile(join(dir, 'url'), 'http://hooks.slack.example/services/secret-part');
  const wrong = await problems();
  assert.equal(wrong.length, 2);
  assert.doesNotMatch(wrong.join(), /not-a-secret-of-that-kind|secret-part/);
  await writeFile(join(dir, 'secret'), `whsec_${Buffer.alloc(24).toString('base64')}\n`);
  await writeFile(join(dir, 'url'), 'https://hooks.slack.example/services/secret-part\n');
  assert.deepEqual(await problems(), []);
});
