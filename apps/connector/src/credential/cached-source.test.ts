// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cachedSource } from './cached-source.ts';
import type { ClusterCredential } from './cluster-credential.ts';

/** A source whose reads end when they are told to, at a time that is set by hand. */
function source() {
  const reads: PromiseWithResolvers<ClusterCredential>[] = [];
  const clock = { ms: 1_000_000 };
  const credentials = cachedSource(
    () => {
      const read = Promise.withResolvers<ClusterCredential>();
      reads.push(read);
      return read.promise;
    },
    { now: () => new Date(clock.ms) },
  );
  return { reads, clock, credentials };
}

const credential = (token: string) => ({ token }) as ClusterCredential;

test('however long a read takes, there is one at a time', async () => {
  const { reads, clock, credentials } = source();
  const waiting = [credentials.current()];
  for (let i = 0; i < 10; i += 1) {
    clock.ms += 5_000;
    waiting.push(credentials.current());
  }
  assert.equal(reads.length, 1);
  reads[0]?.resolve(credential('one'));
  for (const one of await Promise.all(waiting)) assert.equal(one.token, 'one');
  assert.equal((await credentials.current()).token, 'one');
  clock.ms += 1_000;
  void credentials.current();
  assert.equal(reads.length, 2);
});

test('a server that refuses the credential over and over does not have it read more than once a second', async () => {
  const { reads, clock, credentials } = source();
  for (let i = 0; i < 5; i += 1) {
    const current = credentials.current();
    reads[0]?.resolve(credential('refused'));
    await current;
    credentials.reject();
  }
  assert.equal(reads.length, 1);
  clock.ms += 1_000;
  void credentials.current();
  assert.equal(reads.length, 2);
});

test('a clock that was set back does not keep a credential', async () => {
  const { reads, clock, credentials } = source();
  const first = credentials.current();
  reads[0]?.resolve(credential('one'));
  await first;
  clock.ms -= 3_600_000;
  void credentials.current();
  assert.equal(reads.length, 2);
});
