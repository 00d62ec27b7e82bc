// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ranks from '../layers.json' with { type: 'json' };

/** A workspace and the workspaces it declares as dependencies. */
export interface Workspace {
  readonly name: string;
  readonly dependencies: readonly string[];
}

const rankOf: Readonly<Record<string, number>> = ranks;

export function readWorkspaces(root: string): readonly Workspace[] {
  return globSync(['packages/*/package.json', 'apps/*/package.json', '{lab,e2e,bench}/package.json'], {
    cwd: root,
  }).map((file) => {
    const { name, dependencies = {} } = JSON.parse(readFileSync(join(root, file), 'utf8'));
    return { name, dependencies: Object.keys(dependencies).filter((dependency) => dependency in rankOf) };
  });
}

/** Where a package reaches sideways or up; Biome's `noUndeclaredDependencies` sees to it that package.json tells the truth. */
export function layerProblems(workspaces: readonly Workspace[]): readonly string[] {
  return workspaces.flatMap(({ name, dependencies }) => {
    const own = rankOf[name];
    if (own === undefined) return [`${name} has no rank in layers.json`];
    return dependencies
      .filter((dependency) => (rankOf[dependency] ?? Number.POSITIVE_INFINITY) >= own)
      .map((dependency) => `${name} (rank ${own}) may not import ${dependency} (rank ${rankOf[dependency]})`);
  });
}
