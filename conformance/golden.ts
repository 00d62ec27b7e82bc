// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One case of `conformance/kube`: its format is described in the README there. */
export interface GoldenCase {
  /** `file:line` of the request, for messages. */
  readonly place: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | undefined;
  /** What the API server makes of it: `200 list||v1||pods||`. */
  readonly server: string;
  /** What Countersign makes of it: `read list||v1||pods|| /api/v1/pods`, or a refusal. */
  readonly answer: string;
}

const directory = join(import.meta.dirname, 'kube');

/** Reads every case of every file. A block that does not fit the format fails the whole run. */
export function readGoldenCases(): GoldenCase[] {
  const files = readdirSync(directory).filter((file) => file.endsWith('.txt'));
  return files.sort().flatMap((file) => readCases(file, readFileSync(join(directory, file), 'utf8')));
}

function readCases(file: string, text: string): GoldenCase[] {
  const cases: GoldenCase[] = [];
  let block: string[] = [];
  for (const [index, line] of [...text.split('\n'), ''].entries()) {
    if (line.startsWith('#')) continue;
    if (line !== '') block.push(line);
    else if (block.length > 0) {
      cases.push(readCase(`${file}:${index + 1 - block.length}`, block));
      block = [];
    }
  }
  return cases;
}

function readCase(place: string, lines: readonly string[]): GoldenCase {
  const rule = lines.indexOf('----------');
  const [request = '', ...rest] = lines.slice(0, rule);
  const space = request.indexOf(' ');
  const [server, answer, ...surplus] = lines.slice(rule + 1);
  if (rule < 1 || space < 1 || surplus.length > 0 || !server?.startsWith('server ') || !answer?.startsWith('answer ')) {
    throw new TypeError(`${place}: not a golden case`);
  }
  const body = rest.find((line) => line.startsWith('> '));
  return {
    place,
    method: request.slice(0, space),
    target: request.slice(space + 1),
    headers: rest.filter((line) => line !== body).map(readHeader),
    body: body?.slice(2),
    server: server.slice('server '.length),
    answer: answer.slice('answer '.length),
  };
}

function readHeader(line: string): readonly [string, string] {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}
