// SPDX-License-Identifier: Apache-2.0
// Run after a change of dependencies where the registry in use doesn't serve the programs of every platform.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeLock, missingFromLock } from './lock/complete-lock.ts';
import { root } from './run-step.ts';

const file = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
for (const { name, version } of missingFromLock(lock)) process.stdout.write(`adding ${name} ${version}\n`);
writeFileSync(file, `${JSON.stringify(completeLock(lock), null, 2)}\n`);
