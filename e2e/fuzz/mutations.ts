// SPDX-License-Identifier: Apache-2.0
import type { PlainRequest } from '../../conformance/golden-attacks.ts';
import { BODY_PIECES, HEADERS, METHODS, PARAMETERS, TARGET_PIECES } from './pieces.ts';
import type { Random } from './random.ts';

/** One change of a request. Places are parts of the length, so that a change fits whatever came before it. */
export type Mutation =
  | { readonly kind: 'method'; readonly to: string }
  | { readonly kind: 'insert'; readonly part: Part; readonly at: number; readonly text: string }
  | { readonly kind: 'delete'; readonly part: Part; readonly at: number; readonly count: number }
  | { readonly kind: 'escape'; readonly at: number }
  | { readonly kind: 'repeat'; readonly part: Part; readonly at: number; readonly count: number }
  | { readonly kind: 'parameter'; readonly text: string }
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | { readonly kind: 'header twice'; readonly at: number }
  | { readonly kind: 'no header'; readonly at: number }
  | { readonly kind: 'body'; readonly text: string };

type Part = 'target' | 'body';

const RESOLUTION = 1_000;
const MAX_PIECE = 12;

/** A change that the grammar has. */
export function randomMutation(random: Random): Mutation {
  const at = random.below(RESOLUTION);
  const part: Part = random.below(3) === 0 ? 'body' : 'target';
  const count = 1 + random.below(MAX_PIECE);
  const makers: readonly (() => Mutation)[] = [
    () => ({ kind: 'insert', part: 'target', at, text: random.pick(TARGET_PIECES) }),
    () => ({ kind: 'insert', part: 'body', at, text: random.pick(BODY_PIECES) }),
    () => ({ kind: 'insert', part, at, text: String.fromCharCode(random.below(256)) }),
    () => ({ kind: 'delete', part, at, count }),
    () => ({ kind: 'repeat', part, at, count }),
    () => ({ kind: 'escape', at }),
    () => ({ kind: 'parameter', text: random.pick(PARAMETERS) }),
    () => ({ kind: 'parameter', text: random.pick(PARAMETERS) }),
    () => {
      const [name, value] = random.pick(HEADERS);
      return { kind: 'header', name, value };
    },
    () => ({ kind: 'header twice', at }),
    () => ({ kind: 'no header', at }),
    () => ({ kind: 'method', to: random.pick(METHODS) }),
    () => ({ kind: 'body', text: random.pick(BODY_PIECES) }),
  ];
  return random.pick(makers)();
}

/** The request with one change more. */
export function mutate(request: PlainRequest, mutation: Mutation): PlainRequest {
  const { target, headers, body = '' } = request;
  switch (mutation.kind) {
    case 'method':
      return { ...request, method: mutation.to };
    case 'parameter':
      return { ...request, target: `${target}${target.includes('?') ? '&' : '?'}${mutation.text}` };
    case 'header':
      return { ...request, headers: [...headers, [mutation.name, mutation.value]] };
    case 'header twice':
      return {
        ...request,
        headers: headers.flatMap((line, i) => (i === placeIn(headers, mutation.at) ? [line, line] : [line])),
      };
    case 'no header':
      return { ...request, headers: headers.filter((_line, i) => i !== placeIn(headers, mutation.at)) };
    case 'body':
      return { ...request, body: mutation.text };
    case 'escape':
      return { ...request, target: escapeAt(target, placeIn(target, mutation.at)) };
    case 'insert':
    case 'delete':
    case 'repeat':
      // A target keeps its first slash: without it another cluster would be asked.
      return mutation.part === 'target'
        ? { ...request, target: `/${changed(target.slice(1), mutation)}` }
        : { ...request, body: changed(body, mutation) };
  }
}

function placeIn({ length }: { readonly length: number }, at: number): number {
  return Math.floor((length * at) / RESOLUTION);
}

function escapeAt(text: string, at: number): string {
  if (at === 0 || at >= text.length) return text;
  const hex = text.charCodeAt(at).toString(16).padStart(2, '0');
  return `${text.slice(0, at)}%${hex}${text.slice(at + 1)}`;
}

function changed(text: string, mutation: Extract<Mutation, { readonly part: Part }>): string {
  const at = placeIn(text, mutation.at);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  if (mutation.kind === 'insert') return `${before}${mutation.text}${after}`;
  const { count } = mutation;
  return mutation.kind === 'delete' ? `${before}${after.slice(count)}` : `${before}${after.slice(0, count)}${after}`;
}
