// SPDX-License-Identifier: Apache-2.0
import { approvalOf } from '../approvals/approval-of.ts';
import { printable } from '../evidence/printable.ts';

interface Item {
  readonly effect: unknown;
  readonly action: unknown;
}

function itemsIn({ items }: Readonly<Record<string, unknown>>): readonly Item[] {
  return (Array.isArray(items) ? items : []).filter((one) => typeof one === 'object' && one !== null);
}

/** What an agent is told of its plan, line by line: each of its requests, and what to do next. */
export function planLines(answer: Readonly<Record<string, unknown>>): readonly string[] {
  const items = itemsIn(answer).map(({ effect, action }) => `${String(effect).padEnd(6)} ${String(action)}`);
  if (answer.approval === undefined)
    return [...items, 'nobody has to countersign any of it: send it'].map((line) => printable(line));
  const { id, state, expiresAt, requirements } = approvalOf(answer.approval);
  const groups = [...new Set(requirements.map(({ group }) => group))].join(', ');
  return [
    `PLAN   ${id}`,
    ...items,
    `STATE  ${state} until ${expiresAt}; to be countersigned by ${groups}: countersign approvals approve ${id}`,
    'NEXT   send the same requests: those that wait for it go through once it is countersigned, each once',
  ].map((line) => printable(line));
}
