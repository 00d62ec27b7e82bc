// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { goArchitecture } from '../cache.ts';
import { type TarEntry, writeTar } from '../tar.ts';

/** The image that the lab's pods run: busybox and a link for each of its applets, shell included. */
export const BUSYBOX_IMAGE = 'docker.io/lab/busybox:1';

/** The image of a pod's sandbox: the same, asleep. */
export const PAUSE_IMAGE = 'docker.io/lab/pause:1';

const SANDBOX_COMMAND = ['/bin/sleep', '2147483647'];

/**
 * A docker-archive with both images, ready for `ctr images import`. No registry is needed, nor asked.
 * `busybox` is the statically linked program; `applets` the names that it answers to.
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md (combined image JSON and filesystem changeset format)
 */
export function buildImageArchive(busybox: Uint8Array, applets: readonly string[]): Buffer {
  const layer = writeTar(rootFileSystem(busybox, applets));
  const images = [
    { tag: BUSYBOX_IMAGE, file: 'busybox.json', command: ['/bin/sh'] },
    { tag: PAUSE_IMAGE, file: 'pause.json', command: SANDBOX_COMMAND },
  ];
  const manifest = images.map(({ tag, file }) => ({ Config: file, RepoTags: [tag], Layers: ['layer.tar'] }));
  return writeTar([
    jsonFile('manifest.json', manifest),
    ...images.map(({ file, command }) => jsonFile(file, imageConfig(layer, command))),
    { type: 'file', name: 'layer.tar', mode: 0o644, content: layer },
  ]);
}

function rootFileSystem(busybox: Uint8Array, applets: readonly string[]): TarEntry[] {
  return [
    { type: 'directory', name: 'bin/', mode: 0o755 },
    { type: 'file', name: 'bin/busybox', mode: 0o755, content: busybox },
    // A link of that name to itself would replace the program.
    ...applets
      .filter((applet) => applet !== 'busybox')
      .map((applet) => ({ type: 'link', name: `bin/${applet}`, target: 'busybox' }) as const),
    { type: 'directory', name: 'etc/', mode: 0o755 },
    { type: 'file', name: 'etc/passwd', mode: 0o644, content: Buffer.from('root:x:0:0:root:/root:/bin/sh\n') },
    { type: 'directory', name: 'root/', mode: 0o700 },
    { type: 'directory', name: 'tmp/', mode: 0o1777 },
  ];
}

function imageConfig(layer: Uint8Array, command: readonly string[]): object {
  const digest = createHash('sha256').update(layer).digest('hex');
  return {
    architecture: goArchitecture(),
    os: 'linux',
    config: { Env: ['PATH=/bin'], Cmd: command },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  };
}

function jsonFile(name: string, value: unknown): TarEntry {
  return { type: 'file', name, mode: 0o644, content: Buffer.from(JSON.stringify(value)) };
}
