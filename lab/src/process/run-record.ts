// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { identifyProcess, type ProcessIdentity } from './process-identity.ts';

/** What one lab holds of the machine, written down as soon as it has it, so that anybody can take it back. */
export interface RunRecord {
  readonly id: string;
  readonly name: string;
  readonly dir: string;
  /** Whether the directory was made for this lab and goes with it, logs included. */
  readonly temporary: boolean;
  /** The process that called `startLab`: the lab lives as long as it does. */
  readonly owner: ProcessIdentity;
  readonly processes: readonly ProcessIdentity[];
  /** An address that the lab added to the loopback interface. */
  readonly nodeAddress?: string;
}

/** The record of a lab that this process runs; each change is on disk when the call returns. */
export interface OwnRunRecord {
  readonly path: string;
  /** Adds a process that was just spawned; one that has already ended is left out. */
  addProcess(pid: number): void;
  holdAddress(nodeAddress: string): void;
}

/** Where the records of all labs of this user lie. */
export function runRegistryDir(cacheDir: string): string {
  return join(cacheDir, 'runs');
}

/** Creates the record of a new lab. */
export function createRunRecord(registryDir: string, initial: RunRecord): OwnRunRecord {
  mkdirSync(registryDir, { recursive: true, mode: 0o700 });
  const path = join(registryDir, `${initial.id}.json`);
  let record = initial;
  const update = (change: Partial<RunRecord>): void => {
    record = { ...record, ...change };
    writeWhole(path, record);
  };
  update({});
  return {
    path,
    addProcess(pid) {
      const identity = identifyProcess(pid);
      if (identity) update({ processes: [...record.processes, identity] });
    },
    holdAddress: (nodeAddress) => update({ nodeAddress }),
  };
}

/** One record, or undefined if it is gone. */
export function readRunRecord(path: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunRecord;
  } catch {
    return undefined;
  }
}

/** The records of all labs of this user, alive or dead, with their paths. */
export function listRunRecords(registryDir: string): { path: string; record: RunRecord }[] {
  let names: string[];
  try {
    names = readdirSync(registryDir);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(registryDir, name))
    .flatMap((path) => {
      const record = readRunRecord(path);
      return record && basename(path) === `${record.id}.json` ? [{ path, record }] : [];
    });
}

/** Forgets a lab that holds nothing any more. */
export function removeRunRecord(path: string): void {
  rmSync(path, { force: true });
}

function writeWhole(path: string, record: RunRecord): void {
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
