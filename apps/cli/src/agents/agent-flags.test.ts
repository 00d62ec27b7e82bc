// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { type AgentFlags, addAgentFlags, withFlags } from './agent-flags.ts';

const entry = {
  id: 'scribe',
  state: 'enabled',
  owner: 'ada',
  purpose: 'Writes notes',
  match: { issuer: 'https://idp.example', subject: 'scribe' },
  groups: ['night'],
  clusters: { lab: { groups: [] } },
  limits: { requestsPerSecond: 5, concurrentStreams: 5 },
  expiresAt: '2027-01-01T00:00:00Z',
};

function flags(...args: readonly string[]): AgentFlags {
  const command = addAgentFlags(new Command().exitOverride().configureOutput({ writeErr: () => {} }));
  return command.parse(args, { from: 'user' }).opts();
}

test('what the command line does not name stays as it is', () => {
  assert.deepEqual(withFlags(entry, flags()), entry);
  assert.deepEqual(withFlags(entry, flags('--purpose', 'Reads notes')), { ...entry, purpose: 'Reads notes' });
});

test('what it names takes the place of what there was', () => {
  const changed = withFlags(
    entry,
    flags(...'--cluster prod=a,b --cluster dev --group day --group late --subject other --waits none'.split(' ')),
  );
  assert.deepEqual(changed, {
    ...entry,
    clusters: { prod: { groups: ['a', 'b'] }, dev: { groups: [] } },
    groups: ['day', 'late'],
    match: { issuer: 'https://idp.example', subject: 'other' },
    waits: false,
  });
  assert.deepEqual(withFlags(entry, flags('--limit', 'requestsPerSecond=9')), {
    ...entry,
    limits: { requestsPerSecond: 9, concurrentStreams: 5 },
  });
});

test('an end can be set, moved and taken away', () => {
  const { expiresAt: _, ...endless } = entry;
  assert.deepEqual(withFlags(entry, flags('--expires', 'never')), endless);
  const later = '2028-01-01T00:00:00Z';
  assert.deepEqual(withFlags(endless, flags('--expires', later)), { ...endless, expiresAt: later });
});

for (const [wrong, said] of [
  [['--limit', 'requestsPerSecond'], /NAME=NUMBER/],
  [['--cluster', '=a'], /NAME or NAME=GROUP/],
  [['--waits', 'never'], /hold, none/],
] as const) {
  test(`${wrong.join(' ')} is told as wrong`, () => {
    assert.throws(() => flags(...wrong), { message: said });
  });
}
