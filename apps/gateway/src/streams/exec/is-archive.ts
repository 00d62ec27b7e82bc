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
 * retry `sh -c "tar cf - … | tail -c+…"`. Masks would damage it. It errs towards an archive: in a script any word counts,
 * and so does any word behind what runs another program. What packs without one of these names is masked as text. Each
 * word is looked at once or twice, however many there are.
 */
export function isArchive(command: readonly string[]): boolean {
  const [program = '', ...rest] = command;
  const name = nameOf(program);
  if (ARCHIVERS.includes(name)) return true;
  if (CARRIERS.includes(name)) return rest.some(isArchiver) || hasArchiver(behindShell(rest));
  return SHELLS.includes(name) && hasArchiver(rest);
}

/** What a shell among these words is given. */
function behindShell(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => SHELLS.includes(nameOf(word)));
  return at === -1 ? [] : words.slice(at + 1);
}

function hasArchiver(scripts: readonly string[]): boolean {
  return scripts.some((script) => script.split(BETWEEN).some(isArchiver));
}

function isArchiver(word: string): boolean {
  return ARCHIVERS.includes(nameOf(word.replace(/^['"]|['"]$/g, '')));
}
