// SPDX-License-Identifier: Apache-2.0

/** Where a package may be installed, in the words of package.json. */
export interface Platform {
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc?: readonly string[];
}

const SYSTEMS = new Set(['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']);
const PROCESSORS = new Set(['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64']);
const LIBRARIES: Readonly<Record<string, string>> = {
  gnu: 'glibc',
  gnueabihf: 'glibc',
  musl: 'musl',
  musleabihf: 'musl',
};

/**
 * The platform that a package of prebuilt programs names, such as `@oxlint/binding-linux-arm64-musl`.
 * @throws RangeError if it names none
 */
export function platformOf(name: string): Platform {
  const words = name.split(/[/-]/);
  const os = words.find((word) => SYSTEMS.has(word));
  const cpu = words.find((word) => PROCESSORS.has(word));
  const library = words.map((word) => LIBRARIES[word]).find((word) => word !== undefined);
  if (os === undefined || cpu === undefined) throw new RangeError(`${name} names no platform`);
  return { os: [os], cpu: [cpu], ...(library ? { libc: [library] } : {}) };
}
