// SPDX-License-Identifier: Apache-2.0
import type { PlainRequest, Transport } from '../../conformance/golden-attacks.ts';
import { type Mutation, mutate, randomMutation } from './mutations.ts';
import { Random } from './random.ts';
import { seeds } from './seeds.ts';

const MAX_MUTATIONS = 4;

/** A request of the grammar with changes on it, in their order. It can be sent again with fewer of them. */
export interface FuzzCase {
  readonly seed: number;
  readonly number: number;
  readonly base: PlainRequest;
  readonly mutations: readonly Mutation[];
  readonly over: Transport;
}

/** Case `number` of a seed: each is its own, so that one can be made again without those before it. */
export function makeCase(seed: number, number: number): FuzzCase {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const base = random.pick(seeds());
  // One change often leaves a request that passes; many seldom do.
  const count = random.below(2) === 0 ? 1 : 1 + random.below(MAX_MUTATIONS);
  const mutations = Array.from({ length: count }, () => randomMutation(random));
  return { seed, number, base, mutations, over: random.below(5) === 0 ? 'HTTP/2' : 'HTTP/1.1' };
}

/** The request that a case sends. */
export function requestOf({ base, mutations }: FuzzCase): PlainRequest {
  return mutations.reduce(mutate, base);
}

/** As a golden file would have it. */
export function formatCase(one: FuzzCase): string {
  const { method, target, headers, body } = requestOf(one);
  const lines = [
    `over ${one.over}`,
    `${method} ${target}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`> ${body}`]),
  ];
  return lines.map(escaped).join('\n');
}

function escaped(text: string): string {
  return text.replace(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
