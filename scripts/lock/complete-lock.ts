// SPDX-License-Identifier: Apache-2.0
import { type Platform, platformOf } from './platform-of.ts';

/** One package of a package-lock.json; other members are npm's and pass through. */
export interface LockedPackage extends Partial<Platform> {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** A package that another one may need on some platform, and that the lock doesn't hold. */
export interface Missing {
  readonly name: string;
  readonly version: string;
  /** Where in the lock the package is that names it. */
  readonly by: string;
}

const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/** The places in which Node looks for a package from `place`, nearest first. */
function placesFrom(place: string): readonly string[] {
  const parents = place === '' ? [] : placesFrom(place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/'))));
  return [place, ...parents];
}

function isLocked({ packages }: Lock, from: string, name: string): boolean {
  return placesFrom(from).some((place) => (place === '' ? '' : `${place}/`).concat('node_modules/', name) in packages);
}

/**
 * The optional dependencies without an entry. npm leaves one out when the registry that it locks with doesn't serve it,
 * and `npm ci` then refuses the lock on every machine.
 */
export function missingFromLock(lock: Lock): readonly Missing[] {
  return Object.entries(lock.packages).flatMap(([by, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isLocked(lock, by, name))
      .map(([name, version]) => ({ name, version, by })),
  );
}

/**
 * The lock with an entry for each missing package, by the version that its dependent pins and the platform that its name
 * says. These have no integrity: who installs one trusts the registry for it.
 * @throws RangeError for a version that is not exact, or a name that says no platform
 */
export function completeLock<L extends Lock>(lock: L): L {
  const added = missingFromLock(lock).map(({ name, version, by }): [string, LockedPackage] => {
    if (!EXACT.test(version)) throw new RangeError(`${by} asks for ${name} ${version}, which is no exact version`);
    const { dev, license } = lock.packages[by] ?? {};
    const { cpu, libc, os } = platformOf(name);
    const entry = {
      version,
      cpu,
      ...(dev ? { dev } : {}),
      ...(libc ? { libc } : {}),
      ...(license ? { license } : {}),
      optional: true,
      os,
    };
    return [`node_modules/${name}`, entry];
  });
  const entries = [...Object.entries(lock.packages), ...added];
  return { ...lock, packages: Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b, 'en'))) };
}
