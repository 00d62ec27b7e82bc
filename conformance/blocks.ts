// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One case of a golden file: the lines above its rule and those below it. */
export interface Block {
  /** `file:line` of its first line, for messages. */
  readonly place: string;
  readonly above: readonly string[];
  readonly below: readonly string[];
}

const RULE = '----------';

/**
 * Reads every block of every `.txt` file of a folder beside this file. Blocks are separated by empty lines, and a line
 * that starts with `#` is a comment. A block without its rule fails the whole run.
 */
export function readBlocks(folder: string): Block[] {
  const directory = join(import.meta.dirname, folder);
  const files = readdirSync(directory).filter((file) => file.endsWith('.txt'));
  return files.sort().flatMap((file) => blocksOf(file, readFileSync(join(directory, file), 'utf8')));
}

function blocksOf(file: string, text: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  for (const [index, line] of [...text.split('\n'), ''].entries()) {
    if (line.startsWith('#')) continue;
    if (line !== '') lines.push(line);
    else if (lines.length > 0) {
      blocks.push(blockOf(`${file}:${index + 1 - lines.length}`, lines));
      lines = [];
    }
  }
  return blocks;
}

function blockOf(place: string, lines: readonly string[]): Block {
  const rule = lines.indexOf(RULE);
  if (rule < 1) throw new TypeError(`${place}: not a golden case`);
  return { place, above: lines.slice(0, rule), below: lines.slice(rule + 1) };
}

/** `Name: value` as a pair. */
export function readHeader(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}
