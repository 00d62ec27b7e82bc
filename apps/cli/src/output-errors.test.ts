// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const KUBECONFIG = 'kubeconfig a --cluster c --server https://gateway.example --token-file token'.split(' ');
const main = fileURLToPath(new URL('./main.ts', import.meta.url));

async function ended(args: readonly string[], stdout: 'closed' | number): Promise<{ code: number; stderr: string }> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', stdout === 'closed' ? 'pipe' : stdout, 'pipe'],
  });
  child.stdout?.destroy();
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, stderr };
}

for (const [args, code] of [
  [['evidence', 'verify', '--help'], 0],
  [KUBECONFIG, 0],
  [['policy', 'check', '/nowhere', '-o', 'json'], 1],
] as const) {
  test(`countersign ${args.join(' ')} ends with ${code}, and without a stack, though nobody reads it`, async () => {
    const { code: found, stderr } = await ended(args, 'closed');
    assert.equal(found, code, stderr);
    assert.doesNotMatch(stderr, /EPIPE| at /);
  });
}

test('output that does not fit on the disk is told, and is no success', {
  skip: !existsSync('/dev/full'),
}, async () => {
  const full = await open('/dev/full', 'w');
  try {
    const { code, stderr } = await ended(KUBECONFIG, full.fd);
    assert.match(stderr, /^countersign: the output can't be written \(ENOSPC\)\n$/);
    assert.equal(code, 1);
  } finally {
    await full.close();
  }
});
