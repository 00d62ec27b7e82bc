// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ranks from '../layers.json' with { type: 'json' };

const PLACES = ['package.json', 'packages/*/package.json', 'apps/*/package.json', '{lab,e2e,bench}/package.json'];
const SECTION = /^## Dependencies\n(?<text>[\s\S]*?)(?=^## |(?![\s\S]))/m;
const LINE = /^\| `(?<name>[^`]+)` \| (?<where>[^|]+) \| (?<why>[^|]+) \|$/gm;

/** What all package.json files together ask the registry for, without the workspaces, in order of name. */
export function readDependencies(root: string): readonly string[] {
  const names = globSync(PLACES, { cwd: root }).flatMap((file) => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, file), 'utf8'));
    return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  });
  return [...new Set(names)].filter((name) => !Object.hasOwn(ranks, name)).sort();
}

/** Where STYLE.md and the package.json files differ: each dependency has one line there that says why it is here. */
export function dependencyProblems(dependencies: readonly string[], style: string): readonly string[] {
  const lines = [...(SECTION.exec(style)?.groups?.text ?? '').matchAll(LINE)].map(({ groups }) => groups?.name ?? '');
  const known = new Set(dependencies);
  return [
    ...dependencies.filter((name) => !lines.includes(name)).map((name) => `${name} has no line in STYLE.md`),
    ...lines.filter((name) => !known.has(name)).map((name) => `${name} in STYLE.md is nobody's dependency`),
    ...lines.filter((name, index) => lines.indexOf(name) !== index).map((name) => `${name} stands twice in STYLE.md`),
  ];
}
