// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { parseJson, parseRequest, serializeTarget } from '@countersign/kube';
import fc from 'fast-check';
import { commandLine, lacksContainer, usualContainers, withContainer } from './session-facts.ts';

test('a command line reads as a person would write it', () => {
  assert.equal(commandLine(['ls', '-l', '/var/log']), 'ls -l /var/log');
  assert.equal(commandLine(['sh', '-c', "echo 'a b'; id"]), `sh -c 'echo '\\''a b'\\''; id'`);
  assert.equal(commandLine(['', ' ']), `'' ' '`);
});

const word = fc.string({ unit: fc.constantFrom(...`ab '"\\$;*\n-`), maxLength: 6 });

test('no two commands have the same line', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), fc.array(word, { maxLength: 4 }), (one, other) => {
      assert.equal(commandLine(one) === commandLine(other), JSON.stringify(one) === JSON.stringify(other));
    }),
    { numRuns: 2_000 },
  );
});

test('a shell reads the words of a line again', () => {
  const lines = fc.sample(fc.array(word, { minLength: 1, maxLength: 4 }), { numRuns: 30, seed: 1 });
  for (const argv of lines) {
    const script = `for word in ${commandLine(argv)}; do printf '%s\\0' "$word"; done`;
    assert.deepEqual(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1), argv);
  }
});

const EXEC = '/api/v1/namespaces/demo/pods/web/exec?command=id';

test('a session names its container, or the API server takes one', () => {
  const lacks = (target: string) => lacksContainer(parseRequest('GET', target));
  assert.deepEqual([EXEC, `${EXEC}&container=`, `${EXEC}&container=app`].map(lacks), [true, true, false]);
  assert.equal(lacks('/api/v1/namespaces/demo/pods/web/attach'), true);
  for (const part of ['', '/log', '/portforward'])
    assert.equal(lacks(`/api/v1/namespaces/demo/pods/web${part}`), false);
});

test('a container is named once', () => {
  for (const target of [EXEC, `${EXEC}&container=`]) {
    assert.equal(serializeTarget(withContainer(parseRequest('GET', target), 'app')), `${EXEC}&container=app`);
  }
});

test('init and ephemeral containers are none that the API server takes by itself', () => {
  const names = (spec: unknown) => usualContainers(parseJson(new TextEncoder().encode(JSON.stringify({ spec }))));
  const others = { initContainers: [{ name: 'setup' }], ephemeralContainers: [{ name: 'debug' }] };
  assert.deepEqual(names({ containers: [{ name: 'app' }], ...others }), ['app']);
  assert.deepEqual(names({ containers: [{ name: 'app' }, { name: 'side' }] }), ['app', 'side']);
  for (const spec of [others, { containers: {} }, { containers: [{}, 'x', { name: '' }, { name: 7 }] }, null]) {
    assert.deepEqual(names(spec), []);
  }
});
