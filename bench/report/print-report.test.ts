// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatReport } from './print-report.ts';
import { row } from './row.ts';

const machine = {
  cores: 128,
  processor: 'Some Processor With a Long Name 9654 96-Core Processor',
  memoryGiB: 1_024,
  kernel: 'Linux 6.18.44-with-a-suffix-of-its-own',
  node: 'v26.10.0',
  openssl: '3.5.8',
  nghttp2: '1.70.0',
};

it('fits a terminal of 80 columns, whatever it has to say', () => {
  const base = { of: 'Go proxy', rounds: [1, 1, 1] };
  const rows = [
    row(
      'A group with a name that is as long as the one of the list of so many Secrets, of so many MB',
      'short',
      'ms',
      [1],
    ),
    row('Group', 'CPU a request, gateway and connector', 'MB/s', [12_345, 23_456, 34_567], base),
    row('Group', 'nothing', 'us', { void: 'Countersign: status 503 where 200 was due, and a long sentence about it' }),
    row('Group', 'no peer', 'us', { notJudged: 'skipped: no go on PATH' }),
  ];
  const verdicts = [
    { goal: 'a goal that takes some words to say '.repeat(3), measured: 'x3', verdict: 'missed' as const },
  ];
  const notes = ['A note that goes on and on. '.repeat(6).trim()];
  const suites = [{ name: 'one', rows, notes, verdicts }];
  const command = 'npm run bench -- --quick --suite latency';
  const text = formatReport({ machine, command, seconds: 100, load: { before: 1, after: 2 }, suites });
  for (const line of text.split('\n')) assert.ok(line.length <= 80, `${line.length}: ${line}`);
  assert.match(text, /^ {2}CPU a request, gateway and connector {2}23456 MB\/s x23456 Go proxy {2}12345–34567\*$/m);
});
