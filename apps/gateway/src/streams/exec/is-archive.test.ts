// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isArchive } from './is-archive.ts';

for (const command of [
  ['tar', 'cf', '-', '/etc'],
  ['tar', '-xmf', '-', '-C', '/tmp'],
  ['/bin/tar', 'cf', '-', '.'],
  ['sh', '-c', "tar cf - '/srv/a b' | tail -c+1024"],
  ['/bin/bash', '-c', 'cd /srv;tar c .'],
  ['sh', '-c', 'cat $(tar c x)'],
  ['sh', '-c', '"tar" c x'],
  ['busybox', 'tar', 'c', '.'],
  ['env', 'A=b', 'sh', '-c', 'exec /usr/bin/tar c .'],
  ['cpio', '-o'],
  ['nice', 'env', 'timeout', '5', 'sh', '-c', 'tar c .'],
]) {
  test(`an archive: ${command.join(' ')}`, () => assert.equal(isArchive(command), true));
}

for (const command of [
  [],
  ['cat', 'tar'],
  ['ls', '/usr/bin/tar'],
  ['sh'],
  ['sh', '-c', 'cat start.txt; echo target avatar'],
  ['env', 'A=b', 'cat'],
]) {
  test(`none: ${command.join(' ') || 'no command'}`, () => assert.equal(isArchive(command), false));
}

test('a command of thousands of words, each of which runs the next, is looked through once', () => {
  const words = Array.from({ length: 20_000 }, () => 'env');
  assert.equal(isArchive(words), false);
  assert.equal(isArchive([...words, 'sh', '-c', 'tar c .']), true);
});
