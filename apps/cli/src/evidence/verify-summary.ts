// SPDX-License-Identifier: Apache-2.0
import type { LogReport, LogVerdict } from '@countersign/evidence';
import { counted } from '../counted.ts';
import { describeFault } from './log-input.ts';
import { printable } from './printable.ts';

/** What a verification was given, for its summary. */
export interface VerifyInput {
  readonly trust: { readonly path: string; readonly sha256: string; readonly quorum: string };
  readonly checkpoint: string | undefined;
  readonly keys: string | undefined;
  readonly recordings: string | undefined;
}

const UNFINISHED =
  'If a gateway was killed while it wrote this, starting it again recovers the log, or refuses it as damaged.';

/** What is not shown, by a log that verifies, with what the auditor brought. */
function notProven(report: LogReport, input: VerifyInput): string[] {
  const cosigned = report.saved?.witnesses.some((witness) => witness.cosigned) === true;
  return [
    ...(cosigned
      ? ["what came after the witnesses' cosignatures was not rewritten by who holds the log's key"]
      : ["the holder of the log's key did not rewrite it: operator-trusted only, no witness"]),
    ...(report.saved === undefined ? ['nothing was cut off its end: no saved checkpoint was given'] : []),
    ...(input.keys === undefined && report.content.sealed > 0
      ? ['what the sealed fields say: no keys were given']
      : []),
    ...(input.recordings === undefined && report.recordings.known > 0
      ? ['what was recorded of streams is there: no recordings were given']
      : []),
    'the gateway saw every call to the cluster; the actors are who they said; its clock was right',
  ];
}

/** The same for programs. */
export function verifyJson(verdict: LogVerdict, input: VerifyInput): Record<string, unknown> {
  if (verdict.result === 'failed') return { result: 'failed', ...input, fault: verdict.fault };
  const { saved, types, ...report } = verdict.report;
  return {
    result: verdict.result,
    ...input,
    log: {
      ...report,
      types: Object.fromEntries(types),
      saved: saved && { size: saved.checkpoint.size, witnesses: saved.witnesses, quorum: saved.quorum },
    },
    notProven: notProven(verdict.report, input),
  };
}

/** The summary that `evidence verify` prints, one subject a line. */
export function verifySummary(verdict: LogVerdict, input: VerifyInput): string {
  const trust = line(
    'TRUST',
    `${printable(input.trust.path)} (sha256:${input.trust.sha256})   quorum: ${printable(input.trust.quorum)}`,
  );
  if (verdict.result === 'failed') {
    const { fault } = verdict;
    const hint = fault.isUnfinished === true ? [line('NOTE', UNFINISHED)] : [];
    return [trust, line('FAILED', describeFault(fault)), ...hint, line('RESULT', 'FAILED')].join('');
  }
  const { report } = verdict;
  return [
    trust,
    line('LOG', `${printable(report.origin)}  ${entries(report.size)}  root ${report.root}`),
    ...report.vkeys.map((vkey) => line('KEY', printable(vkey))),
    line('BYTES', bytesLine(report)),
    line('SAVED', savedLine(report)),
    ...witnessLines(report),
    line('TIME', `${report.times.first} to ${report.times.last} by the gateway's clock, ${epochs(report)}`),
    line('CONTENT', contentLine(report, input)),
    ...recordingLines(report, input),
    line('PAIRS', pairsLine(report)),
    line(
      'RECORDS',
      [...report.types]
        .sort()
        .map(([type, count]) => `${type} ${count}`)
        .join(', '),
    ),
    ...report.incomplete.map((missing) => line('MISSING', missing)),
    line('RESULT', verdict.result.toUpperCase()),
    line('', 'not proven by this:'),
    ...notProven(report, input).map((what) => line('', `- that ${what}`.replace('that what', 'what'))),
  ].join('');
}

function line(subject: string, text: string): string {
  return `${subject.padEnd(9)}${text}\n`;
}

function bytesLine(report: LogReport): string {
  const { segments, bytes, checkpoints, tiles } = report;
  const published = report.publishedSize === undefined ? 'none' : `at ${report.publishedSize}`;
  return (
    `${counted(segments, 'segment')}, ${bytes} bytes with their padding, ${counted(checkpoints, 'signed checkpoint')}; ` +
    `${tiles.full} full and ${counted(tiles.partial, 'partial tile')}; published checkpoint ${published}: all OK, nothing else there`
  );
}

function savedLine({ saved }: LogReport): string {
  if (saved === undefined) return 'no checkpoint given';
  return `${entries(Number(saved.checkpoint.size))}: the log still begins so`;
}

function witnessLines({ saved }: LogReport): string[] {
  if (saved === undefined || saved.witnesses.length === 0) return [line('WITNESS', 'none')];
  return saved.witnesses.map(({ name, cosigned, time }) => {
    const when = cosigned && time !== undefined ? `OK ${utc(time)}` : 'absent';
    return line('WITNESS', `${printable(name)} ${when}   -> quorum ${saved.quorum}`);
  });
}

function epochs({ epochs: count, closed }: LogReport): string {
  return `epoch ${count}, ${closed ? 'closed' : 'not closed: in use, or its gateway was killed'}`;
}

function contentLine({ content }: LogReport, { keys }: VerifyInput): string {
  const { sealed, opened, unopened, destroyed, destroyedUnrecorded } = content;
  const parts = [`${counted(sealed, 'sealed payload')} ${sealed === 1 ? 'matches its record' : 'match their records'}`];
  if (keys === undefined) return `${parts[0]}, none opened (no keys given)`;
  parts.push(`${opened} opened and match`);
  if (unopened > 0) parts.push(`${unopened} without a key`);
  if (destroyed > 0) parts.push(`${destroyed} destroyed by a rule, on record`);
  if (destroyedUnrecorded > 0) parts.push(`${destroyedUnrecorded} destroyed, not on record`);
  return parts.join(', ');
}

function recordingLines({ recordings }: LogReport, input: VerifyInput): string[] {
  if (recordings.known === 0) return [];
  const { known, matching, opened, destroyed, live, unboundBytes } = recordings;
  if (input.recordings === undefined) return [line('STREAMS', `${known} recordings, none checked (none given)`)];
  const parts = [`${matching} of ${known} recordings are what the log says, every byte of them`];
  if (input.keys !== undefined) parts.push(`${opened} opened and match`);
  if (destroyed > 0) parts.push(`${destroyed} destroyed`);
  if (live > 0) parts.push(`${live} going on`);
  if (unboundBytes > 0) parts.push(`${unboundBytes} bytes not on record yet`);
  return [line('STREAMS', parts.join(', '))];
}

function pairsLine({ pairs }: LogReport): string {
  const known = `${counted(pairs.intents, 'intent')}: ${pairs.outcomes} with outcome (${pairs.unknown} unknown), ${pairs.openCount} without`;
  const named = pairs.open.slice(0, 5).map(({ exchange, entry }) => `${exchange} (entry ${entry})`);
  const list = named.length === 0 ? '' : `: ${named.join(', ')}${pairs.openCount > named.length ? ', …' : ''}`;
  return `${known}${list}; ${pairs.unfinished} answers, streams and recordings unfinished`;
}

function entries(count: number): string {
  return `${count} ${count === 1 ? 'entry' : 'entries'}`;
}

function utc(seconds: bigint): string {
  const milliseconds = Number(seconds) * 1_000;
  return Number.isSafeInteger(milliseconds) && milliseconds < 8.64e15
    ? new Date(milliseconds).toISOString()
    : `${seconds}`;
}
