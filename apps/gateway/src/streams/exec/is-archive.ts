// SPDX-License-Identifier: Apache-2.0

/** What packs files into a stream; `kubectl cp` runs the first. */
const ARCHIVERS: readonly string[] = ['tar', 'bsdtar', 'gtar', 'gnutar', 'star', 'cpio', 'pax'];
/** What runs the program that its arguments name. */
const CARRIERS: readonly string[] = ['busybox', 'toybox', 'env', 'exec', 'nice', 'nohup', 'sudo', 'time', 'timeout'];
const SHELLS: readonly string[] = ['sh', 'ash', 'bash', 'dash', 'ksh', 'zsh'];
/** What stands between the commands of a script. */
const BETWEEN = /[\s;|&(){}`!]+|\$\(/;

const nameOf = (program: string) => program.slice(program.lastIndexOf('/') + 1);

/**
 * Whether a command packs or unpacks an archive, as those of `kubectl cp` do: `tar cf - …`, `tar -xmf - …`, and on a
 * retry `sh -c "tar cf - … | tail -c+…"`. Masks would damage it. It errs towards an archive: in a script any word counts.
 * What packs without one of these names is masked as text.
 */
export function isArchive(command: readonly string[]): boolean {
  const [program = '', ...rest] = command;
  const name = nameOf(program);
  if (ARCHIVERS.includes(name)) return true;
  if (SHELLS.includes(name)) return rest.some((word) => word.split(BETWEEN).some(isArchiver));
  return CARRIERS.includes(name) && (rest.some(isArchiver) || rest.some((_, at) => isArchive(rest.slice(at))));
}

function isArchiver(word: string): boolean {
  return ARCHIVERS.includes(nameOf(word.replace(/^['"]|['"]$/g, '')));
}
