// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LabError } from './lab-error.ts';
import { type LabFiles, prepareLabDir } from './lab-files.ts';
import { createLauncher, type Launcher } from './process/lab-process.ts';
import { identifyProcess, isRunning } from './process/process-identity.ts';
import { reapOrphans, reapRun, withRegistryLock } from './process/reap.ts';
import { createRunRecord, listRunRecords, type OwnRunRecord } from './process/run-record.ts';
import { startReaper } from './process/start-reaper.ts';

/** What one lab holds of the machine: a directory, an id, and a record of the rest. */
export interface Claim {
  readonly id: string;
  readonly files: LabFiles;
  readonly record: OwnRunRecord;
  readonly launch: Launcher;
  /** Gives everything back; may be called twice. */
  release(): Promise<void>;
}

/** Where a lab is to be, and what it is called. */
export interface LabPlace {
  readonly name: string;
  /** Undefined for a new temporary directory, which is removed with the lab. */
  readonly dir: string | undefined;
}

/**
 * Claims a directory for a new lab, after taking back what labs left behind whose process is gone. From here on the lab dies
 * with this process.
 * @throws LabError `ERR_LAB_DIR_IN_USE` if a running lab has the directory, `ERR_LAB_OPTION` if it holds something else
 */
export function claimMachine(registryDir: string, place: LabPlace): Promise<Claim> {
  return withRegistryLock(registryDir, async () => {
    const stuck = await reapOrphans(registryDir);
    const dir = resolve(place.dir ?? (await mkdtemp(join(tmpdir(), 'countersign-lab-'))));
    const remains = stuck.find(({ record }) => record.dir === dir);
    if (remains) throw remains.problem;
    const holder = listRunRecords(registryDir).find(({ record }) => record.dir === dir && isRunning(record.owner));
    if (holder) {
      throw new LabError('ERR_LAB_DIR_IN_USE', `${dir} holds a lab that process ${holder.record.owner.pid} runs`);
    }
    const owner = identifyProcess(process.pid);
    if (!owner) throw new LabError('ERR_LAB_STOPPED', 'this process could not be found among those that run');
    const files = await prepareLabDir(dir);
    const id = randomBytes(4).toString('hex');
    const record = createRunRecord(registryDir, {
      id,
      name: place.name,
      dir,
      temporary: place.dir === undefined,
      owner,
      processes: [],
    });
    const dismissReaper = startReaper(record.path);
    const launch = createLauncher({ logs: files.logs, home: dir, record });
    const release = async (): Promise<void> => {
      await reapRun(record.path);
      dismissReaper();
    };
    return { id, files, record, launch, release };
  });
}
