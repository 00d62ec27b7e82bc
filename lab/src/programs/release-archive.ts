// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { goArchitecture } from '../cache.ts';
import { LabError } from '../lab-error.ts';
import { readTar, type TarSink } from '../tar.ts';
import { ETCD_VERSION, type ProgramName } from '../versions.ts';
import { cachedProgramPath, installProgram, type ProgramGroup, unfinishedSuffix } from './program-cache.ts';

const ANSWER_TIMEOUT_MS = 3_000;
const STALL_TIMEOUT_MS = 30_000;
const MAX_ARCHIVE_BYTES = 2 * 1024 ** 3;
const MAX_CHECKSUM_BYTES = 64 * 1024;

/** Where release archives are fetched from: a base URL for each project, without a slash at the end. */
export type ReleaseHosts = Readonly<Record<ProgramGroup, string>>;

/** The projects' own release hosts. */
export const OFFICIAL_RELEASES: ReleaseHosts = {
  kubernetes: 'https://dl.k8s.io',
  etcd: 'https://github.com/etcd-io/etcd/releases/download',
};

/** One archive with the checksum that its project publishes beside it. */
interface Release {
  readonly archive: string;
  readonly checksums: string;
  readonly algorithm: 'sha256' | 'sha512';
}

/** What to take out of a project's release, and where to put it. */
export interface ReleaseRequest {
  readonly hosts: ReleaseHosts;
  readonly group: ProgramGroup;
  readonly names: readonly ProgramName[];
  readonly kubernetesVersion: string;
  readonly cacheDir: string;
  readonly signal?: AbortSignal | undefined;
  /** How long the host may take to begin an answer; 3 s by default. */
  readonly answerTimeoutMs?: number;
}

/**
 * Installs programs from their project's release archive into the cache. Resolves with undefined, or with the reason
 * why the host has nothing to offer (it does not answer within 3 s, has no such release, or breaks off): then another
 * source is next.
 * @throws LabError `ERR_LAB_RELEASE_CHECKSUM` if the archive is not the one that its checksum names; nothing of it is kept
 * @throws LabError `ERR_LAB_RELEASE_FORMAT` if it can't be read
 */
export async function installFromRelease(request: ReleaseRequest): Promise<string | undefined> {
  const release = releaseOf(request);
  const expected = await fetchChecksum(release, request.answerTimeoutMs ?? ANSWER_TIMEOUT_MS, request.signal);
  if ('unavailable' in expected) return expected.unavailable;
  const staging = join(request.cacheDir, `download.${unfinishedSuffix()}`);
  const file = join(staging, 'archive');
  await mkdir(staging, { recursive: true, mode: 0o700 });
  try {
    const actual = await download(release, file, request.signal);
    if ('unavailable' in actual) return actual.unavailable;
    if (actual.digest !== expected.digest) {
      const message = `${release.archive} has ${release.algorithm} ${actual.digest}, but its host names ${expected.digest}`;
      throw new LabError('ERR_LAB_RELEASE_CHECKSUM', message);
    }
    await unpack(file, staging, request);
    return undefined;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function releaseOf({ hosts, group, kubernetesVersion }: ReleaseRequest): Release {
  const platform = `linux-${goArchitecture()}`;
  if (group === 'etcd') {
    const base = `${hosts.etcd}/v${ETCD_VERSION}`;
    return {
      archive: `${base}/etcd-v${ETCD_VERSION}-${platform}.tar.gz`,
      checksums: `${base}/SHA256SUMS`,
      algorithm: 'sha256',
    };
  }
  const archive = `${hosts.kubernetes}/v${kubernetesVersion}/kubernetes-server-${platform}.tar.gz`;
  return { archive, checksums: `${archive}.sha512`, algorithm: 'sha512' };
}

/** A checksum file is either the bare digest, or lines of digest and file name. */
async function fetchChecksum(
  release: Release,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<{ digest: string } | { unavailable: string }> {
  const limit = AbortSignal.timeout(timeoutMs);
  let text: string;
  try {
    const answer = await fetch(release.checksums, { signal: signal ? AbortSignal.any([signal, limit]) : limit });
    if (!answer.ok) return { unavailable: `${release.checksums} answered ${answer.status}` };
    text = await readText(answer, MAX_CHECKSUM_BYTES);
  } catch (error) {
    signal?.throwIfAborted();
    return { unavailable: `${new URL(release.checksums).host} did not answer: ${describe(error)}` };
  }
  const digits = release.algorithm === 'sha256' ? 64 : 128;
  const name = basename(new URL(release.archive).pathname);
  for (const line of text.split('\n')) {
    const [digest, file] = line.trim().split(/\s+\*?/);
    if (digest?.length === digits && /^[0-9a-f]+$/.test(digest) && (file === undefined || file === name))
      return { digest };
  }
  throw new LabError('ERR_LAB_RELEASE_CHECKSUM', `${release.checksums} names no ${release.algorithm} for ${name}`);
}

async function readText(answer: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new LabError('ERR_LAB_RELEASE_FORMAT', `more than ${maxBytes} bytes of checksums`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Writes the archive to `file` and digests it on the way. A host that falls silent for 30 s has broken off. */
async function download(
  release: Release,
  file: string,
  signal: AbortSignal | undefined,
): Promise<{ digest: string } | { unavailable: string }> {
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), STALL_TIMEOUT_MS);
  const output = await open(file, 'wx', 0o600);
  try {
    const answer = await fetch(release.archive, {
      signal: signal ? AbortSignal.any([signal, stall.signal]) : stall.signal,
    });
    if (!answer.ok) return { unavailable: `${release.archive} answered ${answer.status}` };
    const hash = createHash(release.algorithm);
    let size = 0;
    for await (const chunk of answer.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(), STALL_TIMEOUT_MS);
      size += chunk.length;
      if (size > MAX_ARCHIVE_BYTES)
        return { unavailable: `${release.archive} is larger than ${MAX_ARCHIVE_BYTES} bytes` };
      hash.update(chunk);
      await output.writeFile(chunk);
    }
    return { digest: hash.digest('hex') };
  } catch (error) {
    signal?.throwIfAborted();
    return { unavailable: `${release.archive} broke off: ${describe(error)}` };
  } finally {
    clearTimeout(timer);
    await output.close();
  }
}

/** Both projects' archives hold each program once, as `…/<program>`; it gets its name in the cache once all are whole. */
async function unpack(file: string, staging: string, request: ReleaseRequest): Promise<void> {
  const missing = new Set<string>(request.names);
  const source = createReadStream(file);
  const plain = source.pipe(createGunzip());
  source.on('error', (error) => plain.destroy(error));
  try {
    await readTar(plain, async (name) => {
      const program = basename(name);
      return missing.delete(program) ? fileSink(join(staging, program)) : undefined;
    });
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError('ERR_LAB_RELEASE_FORMAT', `the archive can't be read: ${describe(error)}`, { cause: error });
  }
  if (missing.size > 0) {
    throw new LabError('ERR_LAB_RELEASE_FORMAT', `the release archive holds no ${[...missing].join(', ')}`);
  }
  for (const name of request.names) {
    const path = cachedProgramPath(request.cacheDir, name, request.kubernetesVersion);
    await installProgram(path, (temporary) => rename(join(staging, name), temporary));
  }
}

async function fileSink(path: string): Promise<TarSink> {
  const output = await open(path, 'wx', 0o755);
  return {
    write: (chunk) => output.writeFile(chunk),
    end: () => output.close(),
  };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
