// SPDX-License-Identifier: Apache-2.0
import { relative } from 'node:path';
import type { EventData } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import type { NotRun, Tally } from './tally.ts';

type Ended = EventData.TestPass | EventData.TestFail;

function reasonOf({ skip, todo }: Ended): string | undefined {
  if (typeof skip === 'string') return skip;
  if (typeof todo === 'string') return `to do: ${todo}`;
  if (skip || todo) return skip ? 'skipped' : 'to do';
  return undefined;
}

/** A reporter for `node --test` that writes one line of JSON, a `Tally`, when the run has ended. */
// biome-ignore lint/style/noDefaultExport: node takes a reporter from the default export
export default async function* tallyReporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const notRun: NotRun[] = [];
  const names: string[] = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') names.splice(data.nesting, names.length, data.name);
    if (type === 'test:pass' || type === 'test:fail') {
      const reason = reasonOf(data);
      const file = relative(process.cwd(), data.file ?? '');
      // In a shared process each file is a suite of that name.
      const name = [...names.slice(0, data.nesting), data.name].filter((part) => part !== file).join(' › ');
      if (reason !== undefined) notRun.push({ file, name, reason });
    }
    if (type === 'test:summary' && data.file === undefined) {
      const { tests, passed, skipped, todo } = data.counts;
      const tally: Tally = { passed, failed: tests - passed - skipped - todo, notRun };
      yield `${JSON.stringify(tally)}\n`;
    }
  }
}
