// SPDX-License-Identifier: Apache-2.0
import { malformed } from './bytes.ts';
import { RecordingError } from './recording-error.ts';

/** What a recording is of: sealed with it, at its beginning. */
export interface RecordingFacts {
  readonly kind: 'exec' | 'attach' | 'portforward';
  readonly cluster: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
  /** argv, of an exec. */
  readonly command?: readonly string[];
  readonly tty: boolean;
  /** Who ran it: the agent's id. */
  readonly agent: string;
  /** Ways whose bytes are in the recording. */
  readonly recorded: readonly ('up' | 'down')[];
  /** Whether what came down was masked before it was recorded. */
  readonly masked: boolean;
}

/** Facts are at most so long: an argv is limited where it comes in. */
const MAX_FACTS_BYTES = 131_072;

const isText = (value: unknown) => typeof value === 'string';
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isOneOf = (words: readonly string[]) => (value: unknown) => words.includes(value as string);
const isListOf = (isMember: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(isMember);
const isOptional = (isMember: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || isMember(value);

const MEMBERS: { readonly [Name in keyof Required<RecordingFacts>]: (value: unknown) => boolean } = {
  kind: isOneOf(['exec', 'attach', 'portforward']),
  cluster: isText,
  namespace: isText,
  pod: isText,
  container: isOptional(isText),
  command: isOptional(isListOf(isText)),
  tty: isBoolean,
  agent: isText,
  recorded: isListOf(isOneOf(['up', 'down'])),
  masked: isBoolean,
};

/** @throws RecordingError `ERR_RECORDING_FRAME` when they are not valid, or too long */
export function encodeFacts(facts: RecordingFacts): Uint8Array {
  const bytes = new TextEncoder().encode(JSON.stringify(facts));
  if (isFacts(facts) && bytes.length <= MAX_FACTS_BYTES) return bytes;
  throw new RecordingError('ERR_RECORDING_FRAME', 'the facts of the recording are not valid, or too long');
}

/** @throws RecordingError `ERR_RECORDING_DAMAGED` */
export function decodeFacts(bytes: Uint8Array): RecordingFacts {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw malformed('has facts that are not JSON');
  }
  if (!isFacts(value)) throw malformed('has facts that are not valid');
  return value;
}

function isFacts(value: unknown): value is RecordingFacts {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const members = value as Readonly<Record<string, unknown>>;
  const isKnown = Object.keys(members).every((name) => Object.hasOwn(MEMBERS, name));
  return isKnown && Object.entries(MEMBERS).every(([name, isRight]) => isRight(members[name]));
}
