// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LabError } from './lab-error.ts';
import { readTar, type TarEntry, writeTar } from './tar.ts';

async function* pieces(archive: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    yield archive.subarray(at, at + size);
    at += size;
  }
  yield archive.subarray(at);
}

async function readAll(source: AsyncIterable<Uint8Array>): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  await readTar(source, async (name) => {
    const chunks: Uint8Array[] = [];
    return {
      write: async (chunk) => {
        chunks.push(Buffer.from(chunk));
      },
      end: async () => {
        files.set(name, Buffer.concat(chunks));
      },
    };
  });
  return files;
}

test('what was written is read back, wherever the stream is split', async () => {
  const contents = fc.array(fc.uint8Array({ maxLength: 1500 }), { maxLength: 4 });
  const sizes = fc.array(fc.nat({ max: 700 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(contents, sizes, async (bodies, cuts) => {
      const entries = bodies.map(
        (content, index): TarEntry => ({ type: 'file', name: `f${index}`, mode: 0o644, content }),
      );
      const archive = writeTar([{ type: 'directory', name: 'd/', mode: 0o755 }, ...entries]);
      const files = await readAll(pieces(archive, cuts));
      assert.deepEqual(
        [...files.keys()],
        entries.map(({ name }) => name),
      );
      for (const [index, body] of bodies.entries()) assert.deepEqual(files.get(`f${index}`), Buffer.from(body));
    }),
    { numRuns: 60 },
  );
});

test('links and directories are passed over, and so are files that nobody wants', async () => {
  const archive = writeTar([
    { type: 'link', name: 'bin/sh', target: 'busybox' },
    { type: 'file', name: 'unwanted', mode: 0o644, content: Buffer.alloc(2000, 1) },
    { type: 'file', name: 'wanted', mode: 0o644, content: Buffer.from('x') },
  ]);
  const offered: string[] = [];
  await readTar(pieces(archive, []), async (name) => {
    offered.push(name);
    return undefined;
  });
  assert.deepEqual(offered, ['unwanted', 'wanted']);
});

test('a truncated archive and bytes that are no archive are refused', async () => {
  const archive = writeTar([{ type: 'file', name: 'a', mode: 0o644, content: Buffer.alloc(3000, 7) }]);
  const isFormatError = (error: unknown): boolean =>
    error instanceof LabError && error.code === 'ERR_LAB_RELEASE_FORMAT';
  for (const length of [100, 511, 600, 3000]) {
    await assert.rejects(readAll(pieces(archive.subarray(0, length), [])), isFormatError, String(length));
  }
  await assert.rejects(readAll(pieces(Buffer.alloc(2048, 'x'), [])), isFormatError);
  const flipped = Buffer.from(archive);
  flipped[0] = 0x62;
  await assert.rejects(readAll(pieces(flipped, [])), isFormatError);
});

test('a name that the format can not hold is refused', () => {
  assert.throws(() => writeTar([{ type: 'directory', name: 'n'.repeat(101), mode: 0o755 }]), LabError);
});
