// SPDX-License-Identifier: Apache-2.0
import { fieldLines } from '../control/field-lines.ts';

type Json = Readonly<Record<string, unknown>>;

/** What is registered of an agent, a line each, in printable ASCII. */
export function agentLines(agent: Json): readonly string[] {
  const { id, state, source, owner, purpose, match, groups, clusters, expiresAt = 'never', limits, waits } = agent;
  const { issuer, subject } = Object(match);
  return fieldLines([
    ['agent', id],
    ['state', state],
    ['registered', source === 'config' ? "in the gateway's configuration file" : 'through the control API'],
    ['owner', owner],
    ['purpose', purpose],
    ['tokens of', `${issuer}, sub ${subject}`],
    ['groups', wordsOf(groups)],
    ...Object.entries(Object(clusters)).map(([name, entry]) => ['cluster', clusterText(name, entry)] as const),
    ['expires', expiresAt],
    ['limits', limitsIn(Object(limits))],
    ['waits', waits === false ? 'no: it is told at once' : 'for a countersignature'],
  ]);
}

function clusterText(name: string, entry: unknown): string {
  const { groups } = Object(entry);
  return `${name}, groups: ${wordsOf(groups)}`;
}

function wordsOf(list: unknown): string {
  return Array.isArray(list) && list.length > 0 ? list.join(', ') : 'none';
}

function limitsIn(limits: Json): string {
  const all = Object.entries(limits).map(([name, value]) => `${name} ${value}`);
  return all.length === 0 ? 'the usual ones' : all.join(', ');
}
