// SPDX-License-Identifier: Apache-2.0
import { type Block, readBlocks, readHeader } from './blocks.ts';

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

/** Reads every case of every file. A block that does not fit the format fails the whole run. */
export function readGoldenCases(): GoldenCase[] {
  return readBlocks('kube').map(readCase);
}

function readCase({ place, above, below }: Block): GoldenCase {
  const [request = '', ...rest] = above;
  const space = request.indexOf(' ');
  const [server, answer, ...surplus] = below;
  if (space < 1 || surplus.length > 0 || !server?.startsWith('server ') || !answer?.startsWith('answer ')) {
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
