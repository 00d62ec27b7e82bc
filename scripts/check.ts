// SPDX-License-Identifier: Apache-2.0
// `npm run check`: everything that needs no cluster. Two steps at a time, as CI has two cores.
import { globSync } from 'node:fs';
import { report, root, runStep, type Step, type StepResult } from './run-step.ts';

const unitTests = globSync(
  [
    'packages/*/src/**/*.test.ts',
    'apps/*/src/**/*.test.ts',
    'lab/src/**/*.test.ts',
    'scripts/**/*.test.ts',
    'conformance/**/*.test.ts',
  ],
  { cwd: root },
);

const steps: readonly Step[] = [
  { name: 'unit tests', args: ['node', '--test', '--test-reporter=spec', ...unitTests] },
  { name: 'types', args: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'purity of packages', args: ['tsc', '-p', 'tsconfig.pure.json'] },
  { name: 'format and lint', args: ['biome', 'ci', '.'] },
  { name: 'promises and switches', args: ['oxlint', '--type-aware', '-c', '.oxlintrc.json'] },
  { name: 'dead code', args: ['knip'] },
  { name: 'generated files', args: ['node', 'scripts/generate.ts', '--check'] },
];

async function lane(queue: Step[], results: StepResult[]): Promise<void> {
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) results.push(await runStep(step));
}

const queue = [...steps];
const results: StepResult[] = [];
await Promise.all([lane(queue, results), lane(queue, results)]);
const ok = report(results);
const unit = results.find(({ name }) => name === 'unit tests');
if (unit?.ok)
  process.stdout.write(
    unit.output
      .split('\n')
      .filter((line) => line.startsWith('ℹ'))
      .join('\n'),
  );
process.stdout.write('\n');
process.exitCode = ok ? 0 : 1;
