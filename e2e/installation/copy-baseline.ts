// SPDX-License-Identifier: Apache-2.0
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './replace-file.ts';

/** Copies the baseline of a tree, as an organisation does that has opened API groups of its own in it. */
export async function copyBaseline(dir: string, tree: string, openGroups: readonly string[]): Promise<void> {
  const isPolicy = (file: string) => !file.endsWith('.test.yaml');
  await cp(join(tree, 'policies', 'baseline'), dir, { recursive: true, filter: isPolicy });
  const path = join(dir, 'other-resources.cedar');
  const opened = openGroups.map((group) => `"${group}", `).join('');
  await replaceFile(path, (await readFile(path, 'utf8')).replace('![', `![${opened}`));
}
