// SPDX-License-Identifier: Apache-2.0
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The lab's part of the user's cache directory: `${XDG_CACHE_HOME:-~/.cache}/countersign/lab`.
 * A relative `XDG_CACHE_HOME` is ignored, as its specification asks.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/#variables
 */
export function labCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const configured = env.XDG_CACHE_HOME;
  const base = configured && isAbsolute(configured) ? configured : join(homedir(), '.cache');
  return join(base, 'countersign', 'lab');
}

/** This machine in the words of Go's releases, such as `linux-amd64`. */
export function platformName(): string {
  return `${process.platform}-${goArchitecture()}`;
}

/** This processor in the words of Go's releases, such as `amd64`. */
export function goArchitecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}
