// SPDX-License-Identifier: Apache-2.0
import type { ApprovalView } from '@countersign/wire';
import { printable, printableWhole } from '../evidence/printable.ts';

const minute = (time: string) => `${time.slice(0, 16).replace('T', ' ')}Z`;

function signersOf({ requirements }: ApprovalView): string {
  return [...new Set(requirements.map(({ group, quorum }) => (quorum === 1 ? group : `${quorum} of ${group}`)))].join(
    ' and ',
  );
}

/** One line for a list: what would be done, where, by whom, and who must say yes. */
export function approvalLine(approval: ApprovalView): string {
  const { id, state, agent, cluster, action, expiresAt } = approval;
  const until = state === 'pending' || state === 'approved' ? `until ${minute(expiresAt)}` : '';
  return printable([id, state, agent, cluster, action, `by ${signersOf(approval)}`, until].filter(Boolean).join('  '));
}

type Change = ApprovalView['effect']['changes'][number];

/** A change as a diff writes it: what goes with a minus, what comes with a plus. */
function changeLines({ path, before, after }: Change): string[] {
  return [
    `  ${path}`,
    ...(before === undefined ? [] : [`    - ${before}`]),
    ...(after === undefined ? [] : [`    + ${after}`]),
  ];
}

/** What it would do, line by line, as it came. */
export function effectLines({ summary, changes, omitted }: ApprovalView['effect']): string[] {
  return [
    `WOULD    ${summary}`,
    ...changes.flatMap(changeLines),
    ...(omitted === 0 ? [] : [`  … ${omitted} more: not shown, or not to its end; that may be what matters`]),
  ];
}

function ruleLines({ requirements }: ApprovalView): string[] {
  return requirements.map(({ rule, group, quorum, reason }) => {
    const why = reason === undefined ? '' : `: ${reason}`;
    return `RULE     ${rule.id} of ${rule.set}, ${quorum} of ${group}${why}`;
  });
}

function saidLines({ signatures, endedBy, state }: ApprovalView): string[] {
  const line = (what: string, { by, at, reason }: ApprovalView['signatures'][number]) =>
    `SAID     ${what} by ${by.subject}, ${minute(at)}${reason === '' ? '' : `: ${reason}`}`;
  return [...signatures.map((one) => line('approved', one)), ...(endedBy ? [line(state, endedBy)] : [])];
}

function stateLine({ state, missing, expiresAt, usedBy, endedAt, members }: ApprovalView): string {
  const wanted = missing.map(({ group, count }) => `${count} of ${group}`).join(' and ');
  switch (state) {
    case 'pending':
      return `STATE    pending until ${minute(expiresAt)}; missing: ${wanted}`;
    case 'approved':
      return `STATE    approved; good for one use${members ? ' of each' : ''} until ${minute(expiresAt)}`;
    case 'used':
      return `STATE    used by request ${usedBy ?? ''}`;
    default:
      return `STATE    ${state}${endedAt === undefined ? '' : ` ${minute(endedAt)}`}`;
  }
}

/** What each request of a plan would do. */
function memberLines({ members = [] }: ApprovalView): string[] {
  return members.flatMap(({ action, effect, usedBy }, index) => [
    `REQUEST  ${index + 1} of ${members.length}: ${action}${usedBy === undefined ? '' : `; used by request ${usedBy}`}`,
    ...effectLines(effect),
  ]);
}

/** All that an approver has to see, line by line, each harmless on a terminal: texts in it are an agent's. */
export function approvalLines(approval: ApprovalView): readonly string[] {
  const { id, agent, owner, purpose, act, cluster, action, reason, askedAt, digest, exchange } = approval;
  const chain = act.map(({ subject }) => subject).join(', for ');
  const lines = [
    `APPROVAL ${id}`,
    `REQUEST  ${action} on cluster ${cluster}`,
    `AGENT    ${agent}, of ${owner}${purpose === '' ? '' : `: ${purpose}`}`,
    ...(reason === undefined ? [] : [`SAYS     ${reason}`]),
    ...(chain === '' ? [] : [`ACTS     through ${chain}`]),
    `ASKED    ${minute(askedAt)}, as request ${exchange}`,
    ...ruleLines(approval),
    ...effectLines(approval.effect),
    ...memberLines(approval),
    ...saidLines(approval),
    stateLine(approval),
    `DIGEST   ${digest}`,
  ];
  // Nobody should countersign what was cut off before their eyes.
  return lines.map((line) => printableWhole(line));
}
