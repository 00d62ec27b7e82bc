// SPDX-License-Identifier: Apache-2.0
// `npm run fuzz -- [--seconds N] [--seed N]`: sends changed requests to a gateway before a real API server until one of
// them shows what must not be.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { startField } from '../attacks/start-field.ts';
import { formatFinding, fuzz } from './fuzz-run.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } } });
const [seconds, seed] = [Number(values.seconds), Number(values.seed ?? randomInt(2 ** 31))];
if (!(seconds > 0) || !Number.isSafeInteger(seed)) throw new TypeError('--seconds and --seed are numbers');

process.stdout.write(`fuzzing for ${seconds} s with --seed ${seed}\n`);
const field = await startField();
try {
  const end = performance.now() + seconds * 1_000;
  const { cases, passed, finding } = await fuzz(field, { seed, until: () => performance.now() > end });
  process.stdout.write(`${cases} cases, ${passed} reached the API server\n`);
  if (finding) process.stdout.write(`FOUND: ${formatFinding(finding)}\n`);
  process.exitCode = finding ? 1 : 0;
} finally {
  await field.stop();
}
