// SPDX-License-Identifier: Apache-2.0
import { type Block, readBlocks, readHeader } from './blocks.ts';

const EXPECTATIONS = ['answer', 'says', 'then', 'record', 'looks', 'upstream'];

export type Transport = 'HTTP/1.1' | 'HTTP/2';

/** A request in its parts, which any client can send. Texts are latin-1, escapes undone. */
export interface PlainRequest {
  readonly form: 'plain';
  readonly method: string;
  /** Without the cluster's prefix. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | undefined;
}

/** What only a socket can send. Texts are latin-1, escapes undone, variables still there. */
export type RawRequest =
  | { readonly form: 'bytes'; readonly text: string }
  | { readonly form: 'fields'; readonly fields: readonly (readonly [name: string, value: string])[] };

/** What must come back. */
export interface ExpectedAnswer {
  /** A status, or how the exchange ends without one. */
  readonly answer: number | 'reset' | 'closed';
  /** Countersign's own word for why, as the Status' first cause has it. */
  readonly cause: string | undefined;
  /** Part of the Status' message. */
  readonly says: string | undefined;
  /** Whether nothing more can be said on this connection. */
  readonly closes: boolean;
  /** What the refusal's record says of the request; undefined where that is not looked at. */
  readonly record: string | undefined;
  /** What the gateway itself asks the API server before it sends or refuses, in order: `get||v1|demo|pods||web`. */
  readonly looks: readonly string[];
  /** What the API server sees of the request, `get||v1|demo|configmaps||a /api/v1/…`; undefined for nothing at all. */
  readonly upstream: string | undefined;
}

/** One case of `conformance/attacks`: its format is described in the README there. */
export interface GoldenAttack {
  /** `file:line`, for messages. */
  readonly place: string;
  /** Of the table of attacks in the README. */
  readonly row: number;
  readonly what: string;
  readonly over: readonly Transport[];
  readonly request: PlainRequest | RawRequest;
  readonly expected: ExpectedAnswer;
}

/** Reads every case of every file. A block that does not fit the format fails the whole run. */
export function readGoldenAttacks(): GoldenAttack[] {
  return readBlocks('attacks').map(readAttack);
}

function readAttack(block: Block): GoldenAttack {
  const { place, above, below } = block;
  const [title = '', ...rest] = above;
  const [, row, what] = /^(\d{1,2}) {2}(\S.*)$/.exec(title) ?? [];
  const over = rest[0]?.startsWith('over ') ? rest[0].slice('over '.length) : undefined;
  const lines = over === undefined ? rest : rest.slice(1);
  if (row === undefined || what === undefined || !isTransport(over ?? 'HTTP/1.1')) throw malformed(place);
  const request = readRequest(place, lines, over);
  const transports: readonly Transport[] = request.form === 'plain' ? ['HTTP/1.1', 'HTTP/2'] : ['HTTP/1.1'];
  return {
    place,
    row: Number(row),
    what,
    over: over === undefined ? transports : [over as Transport],
    request,
    expected: readExpected(place, below),
  };
}

function isTransport(text: string): text is Transport {
  return text === 'HTTP/1.1' || text === 'HTTP/2';
}

function malformed(place: string): TypeError {
  return new TypeError(`${place}: not a golden attack`);
}

function readRequest(place: string, lines: readonly string[], over: string | undefined): GoldenAttack['request'] {
  if (lines.every((line) => line.startsWith('|'))) {
    const raw = lines.map((line) => unescaped(line.slice(2)));
    if (over === 'HTTP/2') return { form: 'fields', fields: raw.map(readField) };
    // The last line is sent as it stands, so that a body or half of a head can be the end.
    return { form: 'bytes', text: raw.join('\r\n') };
  }
  const [request = '', ...rest] = lines;
  const space = request.indexOf(' ');
  if (space < 1 || !request.startsWith('/', space + 1)) throw malformed(place);
  const body = rest.find((line) => line.startsWith('> '));
  return {
    form: 'plain',
    method: request.slice(0, space),
    target: unescaped(request.slice(space + 1)),
    headers: rest.filter((line) => line !== body).map((line) => readHeader(unescaped(line))),
    body: body === undefined ? undefined : unescaped(body.slice(2)),
  };
}

/** `:method: GET` and `accept: x` alike: a name may begin with a colon. */
function readField(line: string): readonly [string, string] {
  const colon = line.indexOf(': ', 1);
  return [line.slice(0, colon), line.slice(colon + 2)];
}

/** `\x00` is the byte, `<abc*3>` is abcabcabc. */
function unescaped(text: string): string {
  return text
    .replace(/\\x([0-9a-f]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/<([^<>]+)\*(\d{1,7})>/g, (_all, part: string, count: string) => part.repeat(Number(count)));
}

function readExpected(place: string, lines: readonly string[]): ExpectedAnswer {
  const words = new Map<string, string>();
  for (const line of lines) {
    const [word = '', ...rest] = line.split(' ');
    if (!EXPECTATIONS.includes(word) || words.has(word)) throw malformed(place);
    words.set(word, rest.join(' '));
  }
  const [answer = '', cause] = (words.get('answer') ?? '').split(' ');
  const upstream = words.get('upstream');
  const ends = answer === 'reset' || answer === 'closed';
  const then = words.get('then');
  if (!(ends || /^\d{3}$/.test(answer)) || upstream === undefined || (then ?? 'closed') !== 'closed') {
    throw malformed(place);
  }
  return {
    answer: ends ? answer : Number(answer),
    cause,
    says: words.get('says'),
    closes: then !== undefined,
    record: words.get('record'),
    looks: words.get('looks')?.split(', ') ?? [],
    upstream: upstream === '-' ? undefined : upstream,
  };
}
