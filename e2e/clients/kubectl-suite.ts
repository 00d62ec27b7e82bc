// SPDX-License-Identifier: Apache-2.0
import { before, suite, test } from 'node:test';
import type { ClientPrograms } from '@countersign/lab';
import type { Matrix } from './matrix.ts';
import type { Row } from './row.ts';
import { HELM } from './rows/helm.ts';
import { READS } from './rows/reads.ts';
import { TYPED } from './rows/typed.ts';
import { WRITES } from './rows/writes.ts';
import type { Programs } from './side.ts';

const CONCURRENCY = 4;

/** One kubectl, with the helm that comes with it. */
export interface Kubectl {
  readonly age: string;
  /** Of its version 1.x. */
  readonly minor: number;
  readonly programs: () => Promise<ClientPrograms>;
}

/** Declares a test for each row that a kubectl has. */
export function kubectlSuite({ age, minor, programs: found }: Kubectl, matrix: () => Matrix): void {
  const client = `kubectl ${age}`;
  const has = ({ since = 0 }: Row) => minor >= since;
  suite(`the ${age} kubectl`, { concurrency: CONCURRENCY }, () => {
    const shared = `${age}reads`;
    let programs: Programs;
    before(async () => {
      const { kubectl, helm } = await found();
      programs = { kubectl: [kubectl], helm: [helm] };
      await matrix().givenMetrics(await matrix().given(shared));
    });

    for (const row of READS.filter(has)) test(row.name, () => matrix().check(client, row, shared, programs, false));
    for (const [index, row] of [...WRITES, ...TYPED, ...HELM].filter(has).entries()) {
      test(row.name, async () => {
        const id = `${age}${index}`;
        await matrix().given(id);
        await matrix().check(client, row, id, programs, true);
      });
    }
  });
}
