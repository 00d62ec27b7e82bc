// SPDX-License-Identifier: Apache-2.0
// `npm run fuzz -- [--bodies] [--seconds N] [--seed N]`: sends changed requests, or writes with changed bodies, to a gateway
// before a real API server until one of them shows what must not be.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { startField } from '../attacks/start-field.ts';
import { BodyField } from './bodies/body-field.ts';
import { formatBodyFinding, fuzzBodies } from './bodies/body-run.ts';
import { type FuzzOptions, formatFinding, fuzz } from './fuzz-run.ts';

const { values } = parseArgs({
  options: {
    bodies: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
  },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed ?? randomInt(2 ** 31))];
if (!(seconds > 0) || !Number.isSafeInteger(seed)) throw new TypeError('--seconds and --seed are numbers');

interface Told {
  readonly cases: number;
  readonly passed: number;
  readonly found: string | undefined;
}

async function requests(options: FuzzOptions): Promise<Told> {
  const field = await startField();
  try {
    const { cases, passed, finding } = await fuzz(field, options);
    return { cases, passed, found: finding && formatFinding(finding) };
  } finally {
    await field.stop();
  }
}

async function bodies(options: FuzzOptions): Promise<Told> {
  const field = await BodyField.start();
  try {
    const { cases, done, finding } = await fuzzBodies(field, options);
    return { cases, passed: done, found: finding && formatBodyFinding(finding) };
  } finally {
    await field.site.stop();
  }
}

process.stdout.write(`fuzzing ${values.bodies ? 'bodies ' : ''}for ${seconds} s with --seed ${seed}\n`);
let end: number | undefined;
const until = () => {
  end ??= performance.now() + seconds * 1_000;
  return performance.now() > end;
};
const { cases, passed, found } = await (values.bodies ? bodies : requests)({ seed, until });
process.stdout.write(`${cases} cases, ${passed} reached the API server\n`);
if (found) process.stdout.write(`FOUND: ${found}\n`);
process.exitCode = found ? 1 : 0;
