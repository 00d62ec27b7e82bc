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

/** Runs `work` while nobody else starts or reaps a lab of this user. */
export function withRegistryLock<T>(registryDir: string, work: () => Promise<T>): Promise<T> {
  return withFileLock(join(registryDir, '.lock'), () => {}, work);
}

/**
 * Takes back all that one lab holds: its processes, its node's address and cgroups, its keys and its data.
 * Logs and the audit log stay. Does nothing if that has been done; safe to call from several processes.
 */
export async function reapRun(recordPath: string): Promise<void> {
  await withRegistryLock(dirname(recordPath), () => reapLocked(recordPath));
}

/** Reaps every lab whose owner is gone. The registry's lock MUST be held. */
export async function reapOrphans(registryDir: string): Promise<void> {
  for (const { path, record } of listRunRecords(registryDir)) if (!isRunning(record.owner)) await reapLocked(path);
}

async function reapLocked(recordPath: string): Promise<void> {
  const record = readRunRecord(recordPath);
  if (!record) return;
  await killProcesses(record.processes);
  if (record.nodeAddress) await removeAddress(record.nodeAddress);
  if (record.cgroup) await removeCgroups(record.cgroup);
  await removeThrowaway(record);
  removeRunRecord(recordPath);
}

async function removeThrowaway(record: RunRecord): Promise<void> {
  for (const name of THROWAWAY) await rm(join(record.dir, name), { recursive: true, force: true });
}

async function removeAddress(address: string): Promise<void> {
  // Absent already is what is wanted, and `ip` has no quiet way to say that.
  await run('ip', ['address', 'delete', `${address}/32`, 'dev', 'lo']).catch(() => {});
}

/** The hierarchies of cgroup v1 lie beside each other; with v2 the root is the one hierarchy. */
async function removeCgroups(name: string): Promise<void> {
  const hierarchies = await readdir(CGROUP_ROOT, { withFileTypes: true }).catch(() => []);
  const roots = hierarchies.filter((entry) => entry.isDirectory()).map((entry) => join(CGROUP_ROOT, entry.name));
  for (const root of [CGROUP_ROOT, ...roots]) await removeCgroupTree(join(root, name));
}

/** A cgroup directory is removed by rmdir, children first; its files go with it. */
async function removeCgroupTree(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeCgroupTree(join(path, entry.name));
  await rmdir(path).catch(() => {});
}
