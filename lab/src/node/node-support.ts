// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isProgram } from '../programs/program-cache.ts';

const run = promisify(execFile);
const PROGRAMS = ['containerd', 'containerd-shim-runc-v2', 'ctr', 'runc', 'ip', 'mount', 'nsenter', 'unshare'];
const NETWORK_PLUGINS = ['host-local', 'loopback', 'ptp'];
const NETWORK_PLUGIN_DIRS = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];
const BUSYBOXES = ['/bin/busybox', '/usr/bin/busybox', '/usr/bin/busybox-static'];
const ELF_HEAD_BYTES = 4096;

/** What a node needs of this machine, where it was found. */
export interface NodeParts {
  readonly networkPluginDir: string;
  /** A statically linked busybox, which becomes the pods' image. */
  readonly busybox: string;
}

/** The machine's parts for a node, or why no node can run here. */
export type NodeSupport = NodeParts | { readonly unavailable: string };

/** Looks for all that a real node needs: Linux, root, namespaces, cgroups, a container runtime and network plugins. */
export async function nodeSupport(): Promise<NodeSupport> {
  const system = systemLacks();
  if (system) return { unavailable: system };
  const networkPluginDir = NETWORK_PLUGIN_DIRS.find((dir) =>
    NETWORK_PLUGINS.every((name) => isProgram(join(dir, name))),
  );
  const busybox = await staticBusybox();
  const lacking = PROGRAMS.filter((name) => !onPath(name));
  if (!networkPluginDir) lacking.push('CNI plugins');
  if (!busybox) lacking.push('a statically linked busybox');
  if (!networkPluginDir || !busybox || lacking.length > 0) return { unavailable: `missing: ${lacking.join(', ')}` };
  const refused = await namespacesRefused();
  return refused ? { unavailable: refused } : { networkPluginDir, busybox };
}

/** What keeps a node from running whatever is installed; undefined if nothing does. */
export function systemLacks(): string | undefined {
  if (process.platform !== 'linux') return `a node needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'a node needs root';
  if (!existsSync('/sys/fs/cgroup')) return 'no cgroups are mounted';
  return undefined;
}

function onPath(name: string): boolean {
  const dirs = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return dirs.some((dir) => dir.startsWith('/') && isProgram(join(dir, name)));
}

async function namespacesRefused(): Promise<string | undefined> {
  try {
    await run('unshare', ['--mount', '--pid', '--fork', 'mount', '-t', 'proc', 'proc', '/proc']);
    return undefined;
  } catch {
    return 'this machine does not let root make mount and process namespaces';
  }
}

async function staticBusybox(): Promise<string | undefined> {
  for (const path of BUSYBOXES) if (isProgram(path) && (await isStatic(path))) return path;
  return undefined;
}

/** A dynamically linked ELF program names its loader, such as `/lib64/ld-linux-x86-64.so.2`, right behind its headers. */
async function isStatic(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(ELF_HEAD_BYTES), 0, ELF_HEAD_BYTES, 0);
    return !buffer.subarray(0, bytesRead).includes('/ld-');
  } finally {
    await file.close();
  }
}
