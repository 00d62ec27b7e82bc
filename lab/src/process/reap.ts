// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { withFileLock } from '../file-lock.ts';
import { THROWAWAY } from '../lab-files.ts';
import { isRunning, killProcesses } from './process-identity.ts';
import { listRunRecords, type RunRecord, readRunRecord, removeRunRecord } from './run-record.ts';

const run = promisify(execFile);
const CGROUP_ROOT = '/sys/fs/cgroup';
const CONTAINERS = 'node/containerd/state/io.containerd.runtime.v2.task/k8s.io';

/** Runs `work` while nobody else starts or reaps a lab of this user. */
export function withRegistryLock<T>(registryDir: string, work: () => Promise<T>): Promise<T> {
  return withFileLock(join(registryDir, '.lock'), () => {}, work);
}

/**
 * Takes back all that one lab holds: its processes, its node's address and cgroups, its keys and its data.
 * Logs and the audit log stay, unless the directory is a temporary one. Does nothing if that has been done; safe to call from several processes.
 */
export async function reapRun(recordPath: string): Promise<void> {
  if (!readRunRecord(recordPath)) return;
  await withRegistryLock(dirname(recordPath), () => reapLocked(recordPath));
}

/** A lab whose owner is gone and that could not be taken back, with why; its record stays, for the next attempt. */
export interface StuckLab {
  readonly record: RunRecord;
  readonly problem: unknown;
}

/** Reaps every lab whose owner is gone; one that is stuck keeps nobody else waiting. The registry's lock MUST be held. */
export async function reapOrphans(registryDir: string): Promise<readonly StuckLab[]> {
  const stuck: StuckLab[] = [];
  for (const { path, record } of listRunRecords(registryDir)) {
    if (isRunning(record.owner)) continue;
    await reapLocked(path).catch((problem: unknown) => stuck.push({ record, problem }));
  }
  return stuck;
}

async function reapLocked(recordPath: string): Promise<void> {
  const record = readRunRecord(recordPath);
  if (!record) return;
  await killProcesses(record.processes);
  if (record.nodeAddress) await removeAddress(record.nodeAddress);
  await removeContainerCgroups(record.dir);
  await removeThrowaway(record);
  removeRunRecord(recordPath);
}

async function removeThrowaway(record: RunRecord): Promise<void> {
  if (record.temporary) return rm(record.dir, { recursive: true, force: true });
  for (const name of THROWAWAY) await rm(join(record.dir, name), { recursive: true, force: true });
}

async function removeAddress(address: string): Promise<void> {
  // Absent already is what is wanted, and `ip` has no quiet way to say that.
  await run('ip', ['address', 'delete', `${address}/32`, 'dev', 'lo']).catch(() => {});
}

/**
 * Removes the cgroups of a node's containers, which the kernel keeps when it kills them. containerd's state names the
 * containers. The hierarchies of cgroup v1 lie beside each other; with v2 the root is the one hierarchy.
 */
async function removeContainerCgroups(dir: string): Promise<void> {
  const containers = await readdir(join(dir, CONTAINERS)).catch(() => []);
  const hierarchies = await readdir(CGROUP_ROOT).catch(() => []);
  for (const hierarchy of ['.', ...hierarchies]) {
    for (const id of containers) await removeCgroupTree(join(CGROUP_ROOT, hierarchy, 'k8s.io', id));
  }
}

/** A cgroup directory is removed by rmdir, children first; its files go with it. */
async function removeCgroupTree(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeCgroupTree(join(path, entry.name));
  await rmdir(path).catch(() => {});
}
