// SPDX-License-Identifier: Apache-2.0
import type { ApprovalReport, LogFault, LogVerdict } from '@countersign/evidence';
import type { ApprovalView } from '@countersign/wire';
import { counted } from '../counted.ts';
import { describeFault } from '../evidence/log-input.ts';
import { printable, printableWhole } from '../evidence/printable.ts';
import { effectLines } from './approval-text.ts';

/** An approval as far as a log bears it out. */
export interface VerifiedApproval extends ApprovalReport {
  readonly approval: string;
  readonly result: 'verified' | 'failed' | 'incomplete';
  readonly log:
    | { readonly fault: LogFault }
    | { readonly origin: string; readonly size: number; readonly root: string; readonly incomplete: readonly string[] };
  readonly notProven: readonly string[];
}

interface Card {
  readonly action: string;
  readonly effect: ApprovalView['effect'];
  readonly members?: ApprovalView['members'];
}

type Verdict = ApprovalReport['verdicts'][number];

function resultOf(log: LogVerdict, { problems, missing }: ApprovalReport): VerifiedApproval['result'] {
  if (log.result === 'failed' || problems.length > 0) return 'failed';
  return log.result === 'incomplete' || missing.length > 0 ? 'incomplete' : 'verified';
}

function notProven({ verdicts, asked }: ApprovalReport, { hasKeys }: { readonly hasKeys: boolean }): string[] {
  const isBare = verdicts.some(({ passkey }) => passkey === undefined);
  const isSigned = verdicts.some(({ passkey }) => passkey !== undefined);
  return [
    ...(isBare ? ['that who is named said what no passkey signed: it is the word of the gateway, by their token'] : []),
    ...(isSigned ? ["that a passkey was that person's when it was registered: that too was by their token"] : []),
    ...(hasKeys ? [] : ['whose pseudonyms these are, why they said it, and what they were shown: no keys were given']),
    ...(hasKeys && asked !== undefined && asked.card === undefined
      ? ['what they were shown: it is not in the log']
      : []),
    'that they were in the groups that the rules name, and enough of them; that the request was the one in the digest',
    "that the holder of the log's key did not rewrite it, where no witness and no saved checkpoint says so",
  ];
}

/** What there is to say of an approval, by the verdict on its log and what was found in that. */
export function verifiedApproval(
  approval: string,
  log: LogVerdict,
  report: ApprovalReport,
  given: { readonly hasKeys: boolean },
): VerifiedApproval {
  const result = resultOf(log, report);
  const about =
    log.result === 'failed'
      ? { fault: log.fault }
      : {
          origin: log.report.origin,
          size: log.report.size,
          root: log.report.root,
          incomplete: log.report.incomplete,
        };
  return { approval, result, log: about, ...report, notProven: notProven(report, given) };
}

function line(subject: string, text: string): string {
  return `${subject.padEnd(9)}${text}\n`;
}

function verdictLines({ entry, time, verdict, by, isSigned, passkey, said }: Verdict): string[] {
  const head = line(verdict === 'approve' ? 'YES' : 'NO', `entry ${entry}, ${time}, by ${printable(by)}`);
  const person = said && `${printable(said.approver.subject)} of ${printable(said.approver.issuer)}`;
  const why = said && said.reason !== '' ? `: ${printable(said.reason)}` : '';
  return [
    head,
    ...(passkey
      ? [
          line('', `signed by passkey ${printable(passkey.id)}, over this approval, digest, card and verdict`),
          line('', `registered in entry ${passkey.registered.entry} at ${printable(passkey.registered.origin)}`),
        ]
      : [
          line(
            '',
            isSigned
              ? 'what is signed under it does not hold, or not by this log'
              : 'by a token alone: no passkey signed it',
          ),
        ]),
    ...(person === undefined ? [] : [line('', `said by ${person}${why}`)]),
  ];
}

function stepLine({ type, entry, time, by, exchange, fault, reason }: ApprovalReport['steps'][number]): string {
  const subject = type === 'refusal' ? 'REFUSED' : type.slice('approval.'.length).toUpperCase();
  const who = by === undefined ? '' : ` by ${printable(by)}`;
  const what = exchange === undefined ? '' : ` by request ${exchange}`;
  const why = fault === undefined ? '' : ` (${fault})`;
  const words = reason === undefined ? '' : `: ${printable(reason)}`;
  return line(subject.padEnd(8), `entry ${entry}, ${time}${what}${who}${why}${words}`);
}

/** What people were shown, as far as it is what they are shown today. */
function cardLines(card: unknown): string[] {
  const { members, ...whole } = (card ?? {}) as Partial<Card>;
  const parts = [whole, ...(Array.isArray(members) ? members : [])].map(partLines);
  if (parts.every((lines) => lines !== undefined)) return parts.flat();
  return card === undefined ? [] : [line('CARD', printableWhole(JSON.stringify(card)))];
}

/** One request of a card; undefined where it is none. */
function partLines({ action, effect }: Partial<Card>): readonly string[] | undefined {
  if (typeof action !== 'string' || typeof effect?.summary !== 'string' || !Array.isArray(effect.changes))
    return undefined;
  const shown = effectLines({ ...effect, omitted: Number(effect.omitted) });
  return [line('REQUEST', printableWhole(action)), ...shown.map((text) => `${printableWhole(text)}\n`)];
}

function askedLines({ asked }: ApprovalReport): string[] {
  if (asked === undefined) return [];
  const { entry, time, exchange, digest, groups, card } = asked;
  return [
    line('ASKED', `entry ${entry}, ${time}, as request ${exchange}, of ${printable(groups.join(', '))}`),
    line('DIGEST', digest),
    ...cardLines(card),
  ];
}

function logLine(log: VerifiedApproval['log']): string {
  if ('fault' in log) return line('FAILED', describeFault(log.fault));
  return line('LOG', `${printable(log.origin)}  ${counted(log.size, 'record')}  root ${log.root}`);
}

/** The summary that `approvals verify` prints. */
export function approvalSummary(verified: VerifiedApproval): string {
  const { approval, log, result, problems, missing, verdicts, steps } = verified;
  const inOrder = [
    ...verdicts.map((one) => ({ entry: one.entry, lines: verdictLines(one) })),
    ...steps.map((one) => ({ entry: one.entry, lines: [stepLine(one)] })),
  ].sort((one, other) => one.entry - other.entry);
  return [
    line('APPROVAL', approval),
    logLine(log),
    ...askedLines(verified),
    ...inOrder.flatMap(({ lines }) => lines),
    ...problems.map(({ entry, problem }) => line('FAILED', `entry ${entry}: ${printable(problem)}`)),
    ...('incomplete' in log ? log.incomplete : []).map((what) => line('MISSING', what)),
    ...missing.map((what) => line('MISSING', what)),
    line('RESULT', result.toUpperCase()),
    line('', 'not proven by this:'),
    ...verified.notProven.map((what) => line('', `- ${what}`)),
  ].join('');
}
