// SPDX-License-Identifier: Apache-2.0
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a directory that goes with the stack, or with the process when that is broken off. */
export async function temporaryDir(stack: AsyncDisposableStack): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const remove = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', remove);
  stack.defer(() => {
    process.removeListener('exit', remove);
    remove();
  });
  return dir;
}
