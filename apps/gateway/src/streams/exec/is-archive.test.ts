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
