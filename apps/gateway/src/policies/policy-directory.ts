// SPDX-License-Identifier: Apache-2.0
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyProblem, PolicySource } from '@countersign/policy';
import { type FileReading, readBoundedFile } from '../config/bounded-file.ts';

/** The name of the set that every cluster inherits, and of its folder. No cluster can have it. */
export const organisationSet = 'organisation';

/** The files of a policy folder, as read at one time. */
export interface PolicyDirectory {
  readonly organisation: readonly PolicySource[];
  /** By cluster: the organisation's files and the cluster's own. */
  readonly clusters: ReadonlyMap<string, readonly PolicySource[]>;
  readonly problems: readonly PolicyProblem[];
}

const maxFileBytes = 1024 * 1024;
const policyFile = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.cedar$/;
const clusterName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads `organisation/*.cedar` and `clusters/<name>/*.cedar`. Whatever else lies there is a problem, because a file that
 * is passed over may hold a forbid: but for `*.test.yaml`, `*.md`, and names that start with "." or end with "~".
 * Never throws: what can't be read is a problem too.
 */
export async function readPolicyDirectory(dir: string): Promise<PolicyDirectory> {
  const problems: PolicyProblem[] = [];
  const note = (set: string, file: string, message: string) =>
    problems.push({ set, file, line: undefined, rule: undefined, message });
  const names = await entriesOf(dir, (message) => note('', dir, message));
  if (problems.length > 0) return { organisation: [], clusters: new Map(), problems };
  for (const name of names) {
    if (name !== organisationSet && name !== 'clusters' && !isIgnored(name)) {
      note('', name, 'not expected here: a policy folder has organisation/ and clusters/<name>/');
    }
  }
  const organisation = await readPolicySet(join(dir, organisationSet), organisationSet, problems);
  if (organisation.length === 0) note(organisationSet, '', 'has no .cedar file: the rules that every cluster inherits');
  const clusters = new Map<string, readonly PolicySource[]>();
  const clusterDir = join(dir, 'clusters');
  for (const name of await entriesOf(clusterDir, (message) => note('', 'clusters', message))) {
    if (isIgnored(name)) continue;
    if (!clusterName.test(name) || name === organisationSet) note('', `clusters/${name}`, 'not the name of a cluster');
    else clusters.set(name, [...organisation, ...(await readPolicySet(join(clusterDir, name), name, problems))]);
  }
  return { organisation, clusters, problems };
}

/** The `.cedar` files of one folder, in order of name. */
export async function readPolicySet(dir: string, set: string, problems: PolicyProblem[]): Promise<PolicySource[]> {
  const sources: PolicySource[] = [];
  const note = (file: string, message: string) =>
    problems.push({ set, file, line: undefined, rule: undefined, message });
  for (const file of await entriesOf(dir, (message) => note('', message))) {
    if (isIgnored(file)) continue;
    if (!policyFile.test(file)) note(file, 'not expected here: policy files are named like agents.cedar');
    else {
      const text = await readText(join(dir, file), (message) => note(file, message));
      if (text !== undefined) sources.push({ set, file, text });
    }
  }
  return sources;
}

function isIgnored(name: string): boolean {
  return name.startsWith('.') || name.endsWith('~') || name.endsWith('.test.yaml') || name.endsWith('.md');
}

async function entriesOf(dir: string, note: (message: string) => void): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    const code = codeOf(error);
    note(code === 'ENOENT' ? 'is not there' : `can't be read: ${code}`);
    return [];
  }
}

async function readText(path: string, note: (message: string) => void): Promise<string | undefined> {
  // A pipe would be waited for, for ever.
  const stats = await stat(path).catch(() => undefined);
  const reading: FileReading =
    stats === undefined || stats.isFile() ? await readBoundedFile(path, maxFileBytes) : { problem: 'is no file' };
  if ('problem' in reading) {
    note(reading.problem);
    return undefined;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(reading.bytes);
  } catch {
    note('is not UTF-8');
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
