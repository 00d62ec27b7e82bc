// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { readTar } from '../tar.ts';
import { BUSYBOX_IMAGE, buildImageArchive, PAUSE_IMAGE } from './busybox-image.ts';

async function filesOf(archive: Uint8Array): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield archive;
  }
  await readTar(whole(), async (name) => {
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

test('the archive names both images, and each configuration names the layer by its digest', async () => {
  const files = await filesOf(buildImageArchive(Buffer.from('program'), ['sh', 'ls', 'busybox']));
  const manifest = JSON.parse(String(files.get('manifest.json')));
  assert.deepEqual(
    manifest.map(({ RepoTags }: { RepoTags: string[] }) => RepoTags[0]),
    [BUSYBOX_IMAGE, PAUSE_IMAGE],
  );
  const layer = files.get('layer.tar');
  assert.ok(layer);
  const digest = `sha256:${createHash('sha256').update(layer).digest('hex')}`;
  for (const { Config, Layers } of manifest) {
    assert.deepEqual(Layers, ['layer.tar']);
    assert.deepEqual(JSON.parse(String(files.get(Config))).rootfs.diff_ids, [digest]);
  }
});

test('no link takes the place of the program', async () => {
  const layer = (await filesOf(buildImageArchive(Buffer.from('program'), ['busybox', 'sh']))).get('layer.tar');
  assert.ok(layer);
  assert.deepEqual((await filesOf(layer)).get('bin/busybox'), Buffer.from('program'));
  assert.equal(layer.toString('latin1').split('bin/busybox\0').length, 2);
});

test('the same busybox gives the same bytes', () => {
  const build = (): Buffer => buildImageArchive(Buffer.from('program'), ['sh']);
  assert.deepEqual(build(), build());
});
