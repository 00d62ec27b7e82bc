// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CLI } from './cli.ts';
import type { Site } from './site.ts';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1_048_576;

/** What `countersign evidence verify` says of a log that verifies. */
export interface EvidenceVerdict {
  readonly size: number;
  /** Number of records by type. */
  readonly types: Readonly<Record<string, number>>;
}

/** Verifies the log with the command that an auditor has; it rejects where that fails. */
export async function evidenceVerdict({ evidence }: Site): Promise<EvidenceVerdict> {
  const args = [CLI, 'evidence', 'verify', evidence.dir, '--trust', evidence.trust, '-o', 'json'];
  const { stdout } = await run(process.execPath, args, { maxBuffer: MAX_OUTPUT_BYTES });
  return JSON.parse(stdout).log;
}

/** How many values were masked in an exchange's answer, as its records say. */
export async function maskedOnRecord({ evidence }: Site, exchange: string): Promise<number> {
  const args = [CLI, 'evidence', 'list', evidence.dir, '-o', 'json'];
  const { stdout } = await run(process.execPath, args, { maxBuffer: MAX_OUTPUT_BYTES });
  let masked = 0;
  for (const line of stdout.split('\n').filter((text) => text.includes(exchange))) {
    const { record } = JSON.parse(line);
    for (const { count } of record.masked ?? []) masked += count;
  }
  return masked;
}
