// SPDX-License-Identifier: Apache-2.0

/** The parts of a workspace's package.json that its published form is made of. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** What npm and Node read; the rest of package.json concerns this repository alone. */
const PUBLISHED = [
  'name',
  'version',
  'description',
  'license',
  'type',
  'bin',
  'engines',
  'dependencies',
  'optionalDependencies',
] as const;

function builtExports(exports: Readonly<Record<string, string>>): Record<string, unknown> {
  const entries = Object.entries(exports).map(([name, source]) => {
    const stem = source.replace(/\.ts$/, '');
    return [name, { types: `${stem}.d.ts`, default: `${stem}.js` }] as const;
  });
  return Object.fromEntries(entries);
}

/** The package.json of the published package, whose exports are the emitted files; `files` are its directories and files. */
export function publishedManifest(manifest: Manifest, files: readonly string[]): Readonly<Record<string, unknown>> {
  const kept = PUBLISHED.filter((key) => key in manifest).map((key) => [key, manifest[key]] as const);
  return { ...Object.fromEntries(kept), exports: builtExports(manifest.exports ?? {}), files };
}
