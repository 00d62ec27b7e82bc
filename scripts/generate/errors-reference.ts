// SPDX-License-Identifier: Apache-2.0
import { faults } from '@countersign/gateway';
import type { GeneratedFile } from './generated-file.ts';

/** The reference page of everything the gateway can answer instead of the cluster. */
export function errorsReference(): GeneratedFile {
  const rows = Object.entries(faults).map(([code, row]) => {
    const retry = 'retryAfterSeconds' in row ? `${row.retryAfterSeconds} s` : 'no';
    const message = row.message.replaceAll('|', '\\|').replaceAll('{detail}', '…');
    return `| \`${code}\` | ${row.status} ${row.reason} | ${row.origin} | ${row.verdict} | ${retry} | ${message} |`;
  });
  const text = [
    '<!-- Generated from apps/gateway/src/faults.ts by `npm run generate`. -->',
    '# Errors',
    '',
    "What the gateway answers when an exchange goes no further. Every answer is a `metav1.Status` whose `reason` clients of Kubernetes understand; `details.causes[0].reason` is the code below, and `details.uid` the exchange's request id, under which the evidence log has it.",
    '',
    '| code | status | origin | recorded as | retry after | message |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  return { path: 'docs/reference/errors.md', text };
}
