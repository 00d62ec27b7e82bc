// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { cut, maskPieces, planFor } from './fixtures/run-masker.ts';

const options = {
  hmac: (message: Uint8Array) => createHmac('sha256', 'test key').update(message).digest(),
  cluster: 'lab',
};
const MASK = /masked-v1-[a-z]+-[a-z2-7]{26}/g;

interface Container {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

/** The containers of pods, each in a pod of its own, as an agent sees them. */
function shown(containers: readonly Container[]): readonly Container[] {
  const items = containers.map((container, n) => ({ metadata: { name: `p${n}` }, spec: { containers: [container] } }));
  const body = JSON.stringify({ kind: 'PodList', apiVersion: 'v1', items });
  const plan = planFor('list', '/pods');
  const whole = maskPieces(plan, [Buffer.from(body)], options);
  for (let at = 0; at < body.length; at += 7) assert.equal(maskPieces(plan, cut(body, [at]), options), whole);
  return JSON.parse(whole.replace(MASK, '…')).items.map((pod: (typeof items)[number]) => pod.spec.containers[0]);
}

describe('command lines', () => {
  it('show no password of a client of Redis, in whichever list its name stands', () => {
    const args = ['-h', 'cache.demo', '-a', 'foobared', 'ping'];
    const masked = ['-h', 'cache.demo', '-a', '…', 'ping'];
    assert.deepEqual(
      shown([
        { command: ['ls'], args },
        { command: ['/usr/bin/redis-cli'], args },
        { command: ['valkey-cli', ...args] },
        { command: ['ls'], args },
        { command: ['sh', '-c', 'exec redis-cli -a foobared ping'] },
        { command: ['my-redis-cli'], args },
      ]),
      [
        { command: ['ls'], args },
        { command: ['/usr/bin/redis-cli'], args: masked },
        { command: ['valkey-cli', ...masked] },
        { command: ['ls'], args },
        { command: ['sh', '-c', 'exec redis-cli -a … ping'] },
        { command: ['my-redis-cli'], args },
      ],
    );
  });

  it('show no password whichever comes first, args or command, and none of a flag that is the last of command', () => {
    const args = ['-a', 'foobared', 'ping'];
    assert.deepEqual(
      shown([
        { args, command: ['redis-cli'] },
        { args, command: ['ls'] },
        { args },
        { command: ['redis-cli', '-a'], args: ['foobared'] },
        { command: ['ls', '-a'], args: ['foobared'] },
        { args: ['foobared'], command: ['redis-cli', '-a'] },
        { args: ['foobared'], command: ['ls', '-a'] },
        { args: ['ping', '-a'], command: ['redis-cli'] },
        { command: ['serve', '--token'], args: ['tiger', 'lion'] },
        { args: ['tiger', 'lion'], command: ['serve', '--token'] },
        { args: ['tiger', '--token'], command: ['serve'] },
      ]),
      [
        { args: ['-a', '…', 'ping'], command: ['redis-cli'] },
        { args, command: ['ls'] },
        { args },
        { command: ['redis-cli', '-a'], args: ['…'] },
        { command: ['ls', '-a'], args: ['foobared'] },
        { args: ['…'], command: ['redis-cli', '-a'] },
        { args: ['foobared'], command: ['ls', '-a'] },
        { args: ['ping', '-a'], command: ['redis-cli'] },
        { command: ['serve', '--token'], args: ['…', 'lion'] },
        { args: ['…', 'lion'], command: ['serve', '--token'] },
        { args: ['tiger', '--token'], command: ['serve'] },
      ],
    );
  });

  it('show nothing that stands behind --auth, and no variable that is called AUTH', () => {
    assert.deepEqual(shown([{ args: ['--auth', 'hunter2', '--auth=tiger', '--auth=none', '--oauth', 'github'] }]), [
      { args: ['--auth', '…', '--auth=…', '--auth=none', '--oauth', 'github'] },
    ]);
    const env = [
      ...['REDIS_AUTH', 'AUTH', 'MQ_AUTH', 'redis-auth', 'USE_AUTH', 'AUTH_MODE', 'OAUTH'].map((name, n) => ({
        name,
        value: `tiger${n}`,
      })),
      { name: 'NPM_AUTH', value: 'true' },
      ...['ldap', 'SASL_SSL', 'required', '1'].map((value) => ({ name: 'MQ_AUTH', value })),
      { name: 'DB_PASSWORD', value: 'ldap' },
    ];
    const values = shown([{ env }])[0]?.env?.map(({ value }) => value);
    assert.deepEqual(values, [
      '…',
      '…',
      '…',
      '…',
      'tiger4',
      'tiger5',
      'tiger6',
      'true',
      'ldap',
      'SASL_SSL',
      'required',
      '1',
      '…',
    ]);
  });

  it('show no value that begins with a dash, but what is a flag', () => {
    assert.deepEqual(
      shown([
        { args: ['--token', '-Zk9vQ2x7Lw3pT8sN', '--verbose'] },
        { args: ['--token', '-v', '--password', '-Dmode=Fast1Mode'] },
      ]),
      [{ args: ['--token', '…', '--verbose'] }, { args: ['--token', '-v', '--password', '-Dmode=Fast1Mode'] }],
    );
  });
});
