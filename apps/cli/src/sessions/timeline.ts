// SPDX-License-Identifier: Apache-2.0
import type { Leaf } from '@countersign/evidence';
import { counted } from '../counted.ts';
import type { OpenedRecord } from '../evidence/open-records.ts';
import { printable } from '../evidence/printable.ts';
import { decidedBy, goesBy, requestOf, retryOf } from '../evidence/record-text.ts';

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

/** What goes on in an exchange that an earlier line named. */
const TELLING: ReadonlySet<Leaf['type']> = new Set([
  'outcome',
  'stream.start',
  'stream.port',
  'stream.end',
  'answer.end',
]);

/** One line of a session's timeline: when, which request, what. */
export function timelineLine({ leaf, sealed }: OpenedRecord): string {
  const exchange = 'exchange' in leaf ? leaf.exchange.slice(0, 8) : '';
  const argv = sealed !== undefined && 'fields' in sealed ? sealed.fields.command : undefined;
  const command = argv === undefined ? '' : printable(argv.join(' '));
  const request = TELLING.has(leaf.type) ? '' : requestOf(leaf);
  const retry = TELLING.has(leaf.type) ? '' : retryOf(leaf);
  const time = `${leaf.ts.slice(0, 23)}Z`;
  const columns = [time, exchange.padEnd(8), leaf.type.padEnd(18), request, command, retry, ...saying(leaf)];
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
      return [leaf.reason, leaf.exchanges === undefined ? '' : counted(leaf.exchanges, 'exchange')];
    case 'stream.start':
      return [`stream ${leaf.stream}`, printable(leaf.protocol), leaf.tty === true ? 'with a terminal' : ''];
    case 'stream.port':
      return [`port ${leaf.port}`, leaf.decision.effect, decidedBy(leaf)];
    case 'stream.end':
      return [...ended(leaf), flowed('up', leaf.bytesUp), flowed('down', leaf.bytesDown)];
    case 'recording.start':
      return [];
    case 'recording.opened':
      return [`by ${printable(leaf.principal.id)}`];
    case 'recording.progress':
      return [`${leaf.bytes} bytes`];
    case 'recording.end':
      return [...ended(leaf), `${leaf.bytes} bytes`];
    default:
      return [...decided(leaf), ...answered(leaf)];
  }
}

function decided(leaf: Leaf): readonly string[] {
  if (!('decision' in leaf) || leaf.decision === undefined) return [];
  return [leaf.decision.effect, decidedBy(leaf), goesBy(leaf)];
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
  return bytes === undefined ? '' : `${counted(bytes, 'byte')} ${way}`;
}
