// SPDX-License-Identifier: Apache-2.0
// A process that appends until it is ended: `node append-load-for-tests.ts OPTIONS IN_FLIGHT LIMIT`. It prints a line for each
// attempt: the exchange and what came of it.
import { randomUUID } from 'node:crypto';
import { openDiskLog } from './disk-log.ts';
import { answerRecord, intentRecord } from './log-for-tests.ts';

const [options = '{}', inFlight = '1', limit = '1'] = process.argv.slice(2);
const log = await openDiskLog(JSON.parse(options));
let left = Number(limit);

async function append(): Promise<void> {
  while (left > 0) {
    left -= 1;
    const exchange = randomUUID();
    const record = left % 3 === 0 ? intentRecord(exchange) : answerRecord(exchange);
    const result = await log.append([record]).then(
      () => 'taken',
      (error: { readonly code: string }) => error.code,
    );
    process.stdout.write(`${exchange} ${result}\n`);
  }
}

await Promise.all(Array.from({ length: Number(inFlight) }, append));
process.stdout.write(`end ${log.state.state}\n`);
await log.close();
