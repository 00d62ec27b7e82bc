// SPDX-License-Identifier: Apache-2.0
import type { Leaf } from '@countersign/evidence';
import type { OpenedRecord } from '../evidence/open-records.ts';
import { printable } from '../evidence/printable.ts';
import { requestOf } from '../evidence/record-text.ts';

/** Whether a record is one of a session; those of its exchanges that do not name it are told by the exchange. */
export class SessionRecords {
  readonly #session: string;
  readonly #exchanges = new Set<string>();

  constructor(session: string) {
    this.#session = session;
  }

  has(leaf: Leaf): boolean {
    const exchange = 'exchange' in leaf ? leaf.exchange : undefined;
    const isNamed = 'session' in leaf && leaf.session === this.#session;
    if (isNamed && exchange !== undefined) this.#exchanges.add(exchange);
    return isNamed || (exchange !== undefined && this.#exchanges.has(exchange));
  }
}

/** One line of a session's timeline: when, which request, what. */
export function timelineLine({ leaf, sealed }: OpenedRecord): string {
  const exchange = 'exchange' in leaf ? leaf.exchange.slice(0, 8) : '';
  const argv = sealed !== undefined && 'fields' in sealed ? sealed.fields.command : undefined;
  const command = argv === undefined ? '' : printable(argv.join(' '));
  const columns = [leaf.ts, exchange.padEnd(8), leaf.type.padEnd(18), requestOf(leaf), command, ...saying(leaf)];
  return columns
    .filter((column) => column !== '')
    .join('  ')
    .trimEnd();
}

function saying(leaf: Leaf): readonly string[] {
  switch (leaf.type) {
    case 'session.start':
      return [`agent ${printable(leaf.principal.id)} on ${printable(leaf.cluster)}`];
    case 'session.end':
      return [leaf.reason, `${leaf.exchanges ?? '?'} exchanges`];
    case 'stream.start':
      return [`stream ${leaf.stream}`, printable(leaf.protocol), leaf.tty === true ? 'with a terminal' : ''];
    case 'stream.port':
      return [`stream ${leaf.stream}`, `port ${leaf.port}`, leaf.decision.effect];
    case 'stream.end':
      return [`stream ${leaf.stream}`, ...ended(leaf), flowed('up', leaf.bytesUp), flowed('down', leaf.bytesDown)];
    case 'recording.start':
      return [`recording ${leaf.stream}`];
    case 'recording.progress':
      return [`recording ${leaf.stream}`, `${leaf.bytes} bytes`];
    case 'recording.end':
      return [`recording ${leaf.stream}`, ...ended(leaf), `${leaf.bytes} bytes`];
    default:
      return [...decided(leaf), ...answered(leaf)];
  }
}

function decided(leaf: Leaf): readonly string[] {
  if (!('decision' in leaf) || leaf.decision === undefined) return [];
  const { effect, rules } = leaf.decision;
  const by = rules.slice(0, 3).map(({ set, id }) => printable(`${set}/${id}`));
  return [effect, by.length === 0 ? '' : `by ${by.join(', ')}${rules.length > by.length ? ', …' : ''}`];
}

function answered(leaf: Leaf): readonly string[] {
  const members = leaf as Partial<Record<string, unknown>>;
  const words = ['verdict', 'fault', 'result', 'end', 'reason'].map((name) => members[name]);
  const status = typeof members.status === 'number' ? `${members.status}` : '';
  const bytes = typeof members.bytes === 'number' ? `${members.bytes} bytes` : '';
  const masked = 'masked' in leaf ? leaf.masked?.reduce((sum, { count }) => sum + count, 0) : undefined;
  return [
    ...words.map((word) => (typeof word === 'string' ? printable(word) : '')),
    status,
    bytes,
    masked === undefined || masked === 0 ? '' : `${masked} values masked`,
  ];
}

function ended(leaf: {
  readonly end: string;
  readonly reason?: string | undefined;
  readonly exitCode?: number | undefined;
}) {
  return [leaf.end, leaf.reason ?? '', leaf.exitCode === undefined ? '' : `exit code ${leaf.exitCode}`];
}

function flowed(way: string, bytes: number | undefined): string {
  return bytes === undefined ? '' : `${bytes} bytes ${way}`;
}
