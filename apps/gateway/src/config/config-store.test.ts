// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigStore } from './config-store.ts';
import { loadConfig, parseConfig } from './load.ts';

const text = (purpose: string) => `
gateway: test
dataDir: state
listeners:
  data: { port: 0, tls: { certificateFile: a, keyFile: b } }
  control: { port: 0, tls: { certificateFile: a, keyFile: b } }
  tunnel: { port: 0, hostnames: [localhost] }
  health: { port: 0 }
log: { dir: log }
policies: { dir: policies }
issuers: [{ kind: oidc, name: people, issuer: 'https://idp.example.com', audience: countersign, algorithms: [RS256] }]
clusters: [{ name: lab }]
agents:
  - { id: reporter, owner: platform, purpose: ${purpose}, match: { issuer: people, subject: r }, clusters: [{ name: lab }] }
`;

test('a change that could not be taken in is tried again, though the file stays as it is', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'countersign-config-'));
  const file = join(dir, 'config.yaml');
  await writeFile(file, text('first'));
  const problems: unknown[] = [];
  let attempts = 0;
  const taken = Promise.withResolvers<void>();
  const store = new ConfigStore(await loadConfig(file), {
    onChange: async () => {
      attempts += 1;
      if (attempts < 3) throw new Error('the queue of the log is full');
      taken.resolve();
    },
    onProblem: (error) => problems.push(error),
    retryMs: 1,
  });
  try {
    await writeFile(file, text('second'));
    await taken.promise;
    assert.deepEqual([attempts, problems.length], [3, 2]);
  } finally {
    store[Symbol.dispose]();
    await rm(dir, { recursive: true });
  }
});

test('what changed between the first reading of the file and the watch over it is taken in too', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'countersign-config-'));
  const file = join(dir, 'config.yaml');
  await writeFile(file, text('first'));
  const loaded = await loadConfig(file);
  await writeFile(file, text('second'));
  const taken = Promise.withResolvers<string | undefined>();
  const store = new ConfigStore(loaded, {
    onChange: async (change) => taken.resolve(change.type === 'loaded' ? change.next.config.agents[0]?.purpose : ''),
    onProblem: taken.reject,
  });
  try {
    assert.equal(await taken.promise, 'second');
  } finally {
    store[Symbol.dispose]();
    await rm(dir, { recursive: true });
  }
});

test('a text that no record could hold is told by its place', () => {
  assert.throws(() => parseConfig('config.yaml', text('"half \\ud800"')), {
    problems: [{ path: 'agents.0.purpose', message: 'holds half of a surrogate pair (\\ud800 to \\udfff)' }],
  });
});
