// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** A page: path from the root of the repository, and its Markdown. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

/** A command that a page shows. */
export interface ShownCommand {
  readonly path: string;
  /** As it is typed, continuation lines joined. */
  readonly line: string;
  /** Its words, up to a pipe, a redirection or a comment. */
  readonly words: readonly string[];
}

const FENCE = /^```(?<language>\w*)\n(?<text>[\s\S]*?)^```$/gm;
const LINK = /\]\((?<target>[^)\s]+)\)/g;
const HEADING = /^#{1,6} (?<title>.+)$/gm;
const INLINE = /(?<!`)`(?<code>[^`\n]+)`(?!`)/g;
const WORD = /'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<bare>[^\s'"|>&;#]+)|(?<end>[|>&;#])/g;

/** The pages that git has or would add. */
export function readDocuments(root: string): readonly Document[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** A heading's anchor, as GitHub makes it. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function hasAnchor(text: string, anchor: string): boolean {
  return [...withoutFences(text).matchAll(HEADING)].some(({ groups }) => anchorOf(groups?.title ?? '') === anchor);
}

function withoutFences(text: string): string {
  return text.replace(FENCE, '');
}

function withoutCode(text: string): string {
  return withoutFences(text).replace(INLINE, '');
}

function linkProblem({ path, text }: Document, target: string, root: string): string | undefined {
  const [file = '', anchor] = target.split('#');
  const found = normalize(join(dirname(path), file));
  if (file !== '' && !existsSync(join(root, found))) return `${path} links to ${target}, which is not there`;
  if (anchor === undefined) return undefined;
  const linked = file === '' ? text : readFileSync(join(root, found), 'utf8');
  return hasAnchor(linked, anchor) ? undefined : `${path} links to ${target}, which has no such heading`;
}

/** Relative links that lead to no file, or to no heading of it. */
export function linkProblems(documents: readonly Document[], root: string): readonly string[] {
  return documents.flatMap((document) =>
    [...withoutCode(document.text).matchAll(LINK)]
      .map(({ groups }) => groups?.target ?? '')
      .filter((target) => !/^[a-z]+:/.test(target))
      .flatMap((target) => linkProblem(document, target, root) ?? []),
  );
}

function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const { groups = {} } of line.matchAll(WORD)) {
    if (groups.end !== undefined) break;
    words.push(groups.single ?? groups.double ?? groups.bare ?? '');
  }
  return words;
}

function shown(path: string, line: string): ShownCommand {
  return { path, line, words: wordsOf(line) };
}

/** Lines of shell in fenced blocks; what a program printed is in blocks marked `text`. */
export function shellCommands({ path, text }: Document): readonly ShownCommand[] {
  return [...text.matchAll(FENCE)]
    .filter(({ groups }) => ['', 'sh', 'console'].includes(groups?.language ?? ''))
    .flatMap(({ groups }) => (groups?.text ?? '').replaceAll(/\\\n\s*/g, ' ').split('\n'))
    .map((line) => shown(path, line.replace(/^\$ /, '').trim()));
}

/** Code in running text. */
export function inlineCommands({ path, text }: Document): readonly ShownCommand[] {
  return [...withoutFences(text).matchAll(INLINE)].map(({ groups }) => shown(path, groups?.code ?? ''));
}

/** Folders that a page with a table of them leaves out, each named as `folder/` in its first column. */
export function unnamedFolders(page: string, folders: readonly string[]): readonly string[] {
  const named = [...page.matchAll(/^\| (?<cell>`[^|]*) \|/gm)].flatMap(({ groups }) => groups?.cell?.split(', ') ?? []);
  return folders.filter((folder) => !named.includes(`\`${folder}/\``));
}

/**
 * Where the stages of a page's diagram (`name .... what it does    403 503`) and its table of ways out (`| name | ERR_… |`)
 * differ in the statuses that an exchange can end with.
 */
export function statusProblems(page: string, statusOf: (code: string) => number | undefined): readonly string[] {
  const shownIn = (text: string) => [...text.matchAll(/\b\d{3}\b/g)].map(([status]) => status).join(' ');
  const stages = [...page.matchAll(/^ (?<name>\w+) \.+ (?<text>.*)$/gm)].map(({ groups = {} }) => groups);
  const rows = new Map([...page.matchAll(/^\| (\w+) \| (`ERR_.*) \|$/gm)].map(([, name, codes]) => [name, codes]));
  return stages.flatMap(({ name, text = '' }) => {
    const codes = rows.get(name)?.match(/\bERR_[A-Z_]+\b/g) ?? [];
    const meant = [...new Set(codes.map(statusOf))].sort().join(' ');
    const shown = shownIn(text);
    return shown === meant ? [] : [`${name} shows ${shown || 'no status'}, its ways out are ${meant || 'none'}`];
  });
}
