// SPDX-License-Identifier: Apache-2.0
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Edit } from './weakening.ts';

/** What the product is made of. */
const COPIED = ['apps', 'packages', 'policies', 'package.json'];

/**
 * The text of a file with an edit in it.
 * @throws TypeError when what the edit names does not stand there exactly once: then it proves nothing any more
 */
export function edited(text: string, { file, find, replace }: Edit): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new TypeError(`${file}: ${JSON.stringify(find)} stands there ${parts.length - 1} times`);
  return parts.join(replace);
}

/** A throw-away copy of the product's source, in which edits can be planted. The packages that it needs are linked. */
export class TreeCopy implements Disposable {
  readonly dir: string;
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
    this.dir = mkdtempSync(join(tmpdir(), 'countersign-weakened-'));
    const isSource = (path: string) => !path.includes('node_modules');
    for (const path of COPIED) cpSync(join(source, path), join(this.dir, path), { recursive: true, filter: isSource });
    linkPackages(join(source, 'node_modules'), join(this.dir, 'node_modules'));
  }

  /** Plants edits until the returned value is disposed of. */
  plant(edits: readonly Edit[]): Disposable {
    for (const edit of edits) {
      const path = join(this.dir, edit.file);
      writeFileSync(path, edited(readFileSync(path, 'utf8'), edit));
    }
    return {
      [Symbol.dispose]: () => {
        for (const { file } of edits) cpSync(join(this.#source, file), join(this.dir, file));
      },
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true });
  }
}

/** Links every package but the workspaces, which are found in the copy. */
function linkPackages(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    if (name !== '@countersign' && name !== 'countersign') symlinkSync(join(from, name), join(to, name));
  }
  const scope = join(to, '@countersign');
  mkdirSync(scope);
  const root = dirname(to);
  for (const group of ['apps', 'packages']) {
    for (const name of readdirSync(join(root, group))) symlinkSync(join(root, group, name), join(scope, name));
  }
  // The lab is no part of what is weakened.
  symlinkSync(join(from, '@countersign', 'lab'), join(scope, 'lab'));
}
