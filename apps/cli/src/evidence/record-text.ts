// SPDX-License-Identifier: Apache-2.0
import type { Leaf } from '@countersign/evidence';
import type { OpenedRecord } from './open-records.ts';
import { asciiJson, printable } from './printable.ts';

const RULES_SHOWN = 3;

/** One line of JSON. */
export function recordJson({ index, leaf, sealed }: OpenedRecord): string {
  return asciiJson({ index, record: leaf, ...sealedMembers(sealed) });
}

/** All members of a record, for reading. */
export function recordPage({ index, leaf, sealed }: OpenedRecord): string {
  return `entry ${index}\n${asciiJson({ ...leaf, ...sealedMembers(sealed, 'sealedFields') }, 2)}\n`;
}

/** Index, time, type, and what tells a record of that type from another. */
export function recordLine({ index, leaf }: OpenedRecord): string {
  const columns = [index.toString().padStart(7), leaf.ts, leaf.type.padEnd(14), ...details(leaf)];
  return columns
    .filter((column) => column !== '')
    .join('  ')
    .trimEnd();
}

function sealedMembers(sealed: OpenedRecord['sealed'], name = 'sealed'): Record<string, unknown> {
  if (sealed === undefined) return {};
  return 'fields' in sealed ? { [name]: sealed.fields } : { [`${name}Absent`]: sealed.absent };
}

function details(leaf: Leaf): string[] {
  const members = leaf as Partial<Record<string, unknown>>;
  const word = (name: string) => (typeof members[name] === 'string' ? printable(members[name]) : '');
  const number = (name: string) => (typeof members[name] === 'number' ? members[name].toString() : '');
  return [
    word('exchange'),
    word('cluster'),
    ...['connector', 'agent', 'set', 'listener'].map(word),
    leaf.type === 'lock' || leaf.type === 'unlock' ? printable(`${leaf.kind} ${leaf.target} by ${leaf.by}`) : '',
    leaf.type === 'owner.gone' || leaf.type === 'owner.returned' ? printable(`${leaf.owner} by ${leaf.by}`) : '',
    'principal' in leaf && leaf.principal !== undefined ? printable(leaf.principal.id) : '',
    requestOf(leaf),
    leaf.type === 'stream.port' ? `port ${leaf.port}` : '',
    retryOf(leaf),
    `${word('method')} ${word('route')}`.trim(),
    'decision' in leaf && leaf.decision !== undefined ? leaf.decision.effect : '',
    leaf.type === 'stream.port' ? decidedBy(leaf) : '',
    goesBy(leaf),
    word('verdict'),
    word('fault'),
    word('result'),
    number('status'),
    number('count'),
    word('problem'),
    word('end'),
    word('reason'),
  ];
}

/** `by lab/no-ssh, lab/hands-off, …`: the first rules that decided, or nothing where none did. */
export function decidedBy(leaf: Leaf): string {
  const { rules = [] } = ('decision' in leaf && leaf.decision) || {};
  const by = rules.slice(0, RULES_SHOWN).map(({ set, id }) => printable(`${set}/${id}`));
  return by.length === 0 ? '' : `by ${by.join(', ')}${rules.length > by.length ? ', …' : ''}`;
}

/** What lets on what policy asks for: a countersignature, a grant, or break-glass; nothing where none does. */
export function goesBy(leaf: Leaf): string {
  const { grant, breakGlass } = ('decision' in leaf && leaf.decision) || {};
  if (grant !== undefined) return `let on by ${breakGlass === true ? 'break-glass' : 'grant'} ${grant}`;
  return leaf.type === 'intent' && leaf.approval !== undefined ? `let on by approval ${leaf.approval}` : '';
}

/** Which refused WebSocket attempt this tries once more over SPDY; nothing where it is none. */
export function retryOf(leaf: Leaf): string {
  return 'retryOf' in leaf && leaf.retryOf !== undefined ? `retry of ${leaf.retryOf}` : '';
}

/** `get pods demo/web`, or nothing for a record of no request. */
export function requestOf(leaf: Leaf): string {
  const request = 'request' in leaf ? leaf.request : undefined;
  if (request === undefined) return '';
  if (request.kind === 'non-resource') return printable(`${request.verb} ${request.path}`);
  const { verb, group, resource, subresource, namespace, name } = request;
  const kind = [resource, subresource].filter((part) => part !== '').join('/');
  const grouped = group === '' ? kind : `${kind}.${group}`;
  return printable([verb, grouped, [namespace, name].filter((part) => part !== '').join('/')].join(' ').trimEnd());
}
