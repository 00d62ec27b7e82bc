// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readPolicyDirectory } from './policy-directory.ts';

let dir: string;
let set: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-policies-'));
  set = join(dir, 'organisation');
  await mkdir(set);
});
after(() => rm(dir, { recursive: true }));

test('what is no file, or too long a one, is a problem and is not read', { timeout: 10_000 }, async () => {
  await writeFile(join(set, 'good.cedar'), '// a rule');
  await symlink('good.cedar', join(set, 'linked.cedar'));
  await symlink('/dev/zero', join(set, 'device.cedar'));
  await symlink('nowhere', join(set, 'dangling.cedar'));
  await writeFile(join(set, 'long.cedar'), 'x'.repeat(1_048_577));
  await writeFile(join(set, 'bytes.cedar'), Buffer.from([0xff]));
  await mkdir(join(set, 'folder.cedar'));
  execFileSync('mkfifo', [join(set, 'pipe.cedar')]);
  const { organisation, problems } = await readPolicyDirectory(dir);
  assert.deepEqual(
    organisation.map(({ file }) => file),
    ['good.cedar', 'linked.cedar'],
  );
  assert.deepEqual(
    problems.flatMap(({ file, message }) => (file.endsWith('.cedar') ? [`${file} ${message}`] : [])),
    [
      'bytes.cedar is not UTF-8',
      'dangling.cedar is not there',
      'device.cedar is no file',
      'folder.cedar is no file',
      'long.cedar is longer than 1048576 bytes',
      'pipe.cedar is no file',
    ],
  );
});

test('a folder that is not there is one problem, and one without its parts says which', async () => {
  const messages = async (path: string) =>
    (await readPolicyDirectory(path)).problems.map(({ set, file, message }) => `${set || file}: ${message}`);
  const nowhere = join(dir, 'nowhere');
  assert.deepEqual(await messages(nowhere), [`${nowhere}: is not there`]);
  await mkdir(nowhere);
  assert.deepEqual(await messages(nowhere), [
    'organisation: is not there',
    'organisation: has no .cedar file: the rules that every cluster inherits',
    'clusters: is not there',
  ]);
});
