// SPDX-License-Identifier: Apache-2.0
import { OPEN_ARRAY, OPEN_OBJECT, utf8 } from '../json/bytes.ts';
import { secretArgument } from '../rules/argument.ts';
import type { LeafNode } from '../rules/path-node.ts';
import { decodeBase64, isCanonicalBase64 } from '../text/base64.ts';
import { standsAt } from '../text/byte-class.ts';
import { configFormatOf, hasNamedValues } from '../text/config-format.ts';
import { isOpaqueWord } from '../text/distinctive.ts';
import { isAuthSetting, isHarmlessValue } from '../text/harmless-value.ts';
import { scanConfig } from '../text/scan-config.ts';
import { joinHits, type TextHit } from '../text/text-hit.ts';
import { atOnce, type InTurns } from '../turns.ts';
import type { ReadContext } from './answer-context.ts';
import { type Edit, editOfHit } from './edits.ts';
import { type Finding, type FoundIn, memberOf } from './finding.ts';
import { quotedValues } from './quoted-field.ts';
import { spokenPasswords } from './spoken-password.ts';
import type { Span } from './value-index.ts';
import { withheldWords } from './withheld-words.ts';

const LF = 0x0a;
/** Base64 of gzip, in which helm keeps its releases. */
const GZIP = utf8('H4sI');
const NOTHING: readonly Edit[] = [];
const NO_NAME = new Uint8Array(0);
const OPENERS: readonly (number | undefined)[] = [OPEN_OBJECT, OPEN_ARRAY];

/**
 * Whether the name above or beside a string says that all of it is secret. What several lines of configuration say is
 * read, whatever their name; and a value that plainly is none stays.
 */
export function isSecretAsWhole(text: Uint8Array, finding: Finding, place: FoundIn): boolean {
  const { leaf, naming } = finding;
  const { treatment } = leaf;
  if (treatment === 'several') return isOpaqueWord(text);
  if (treatment === 'several-pair' && !naming.isSecret) return isOpaqueWord(text);
  if (treatment === 'cause') return false;
  if (treatment === 'config' && standsAt(text, 0, text.length, GZIP)) return true;
  if (!naming.isSecret && treatment !== 'named' && treatment !== 'named-pair') return false;
  const isFile = (treatment === 'config' || treatment === 'annotation') && isReadAsFile(text, finding, place);
  if (naming.isOfAuth === true && isAuthSetting(text, 0, text.length)) return false;
  return !isFile && !isHarmlessValue(text, 0, text.length);
}

/**
 * What to mask in a string that is only looked into, and that is no secret as a whole: by what stands in it and by what
 * detectors find. `scanned` is what `scanFinding` has found in it, if that was asked before.
 */
export function lookInto(
  text: Uint8Array,
  finding: Finding,
  context: ReadContext,
  place: FoundIn,
  scanned: readonly TextHit[] | undefined,
): readonly Edit[] {
  const { leaf } = finding;
  const { treatment } = leaf;
  if (treatment === 'argument') {
    const at = secretArgument(text, 0, text.length, (name, from, to) => context.names.isSecret(name, from, to));
    const isInIt = at >= 0 && at < text.length;
    if (isInIt) return isHarmlessValue(text, at, text.length) ? NOTHING : [wholeOf(text, at, leaf)];
  }
  const hits = scanned ?? atOnce(scanFinding(text, finding, context, place));
  if (treatment === 'binary') return hits.length > 0 ? [{ ...wholeOf(text, 0, leaf), form: 'base64' }] : NOTHING;
  return editsOf(text, hits);
}

/**
 * What detectors find in a string, read as what it is there; of a file in base64, in what it holds. Of an error of validation
 * also the values that it quotes of secret fields.
 */
export function* scanFinding(
  text: Uint8Array,
  finding: Finding,
  context: ReadContext,
  place: FoundIn,
): InTurns<readonly TextHit[]> {
  const { scanner } = context;
  switch (finding.leaf.treatment) {
    case 'error':
    case 'cause':
      return yield* scanError(text, finding, context);
    case 'config':
      return yield* scanConfig(scanner, text, formatOf(memberOf(finding, place.source), text));
    case 'binary': {
      const file = decodedFile(text);
      if (file === undefined) break;
      yield;
      return yield* scanConfig(scanner, file, formatOf(memberOf(finding, place.source), file));
    }
    case 'annotation':
    case 'pair':
    case 'free':
    case 'several':
    case 'several-pair':
      if (isConfig(text)) return yield* scanConfig(scanner, text, formatOf(NO_NAME, text));
      break;
    default:
  }
  return yield* scanner.scanInTurns(text);
}

/** What an error says of an object: beside what detectors find, what it quotes, and in a refusal what may be any part of it. */
function* scanError(
  text: Uint8Array,
  { leaf, naming }: Finding,
  { scanner, isRefusal }: ReadContext,
): InTurns<readonly TextHit[]> {
  const hits = yield* scanner.scanInTurns(text);
  const quoted = yield* quotedValues(text, naming.isSecret);
  const withheld = isRefusal ? withheldWords(text, quoted) : undefined;
  const spoken = isRefusal ? yield* spokenPasswords(text) : [];
  const spans = withheld === undefined ? [...quoted, ...spoken] : [...quoted, ...spoken, withheld];
  return spans.length === 0 ? hits : joinHits([...hits, ...spans.map((span) => hitOf(span, leaf))]);
}

/** What a file in base64 holds; undefined where the text is none, or compressed. */
function decodedFile(text: Uint8Array): Uint8Array | undefined {
  return standsAt(text, 0, text.length, GZIP) || !isCanonicalBase64(text) ? undefined : decodeBase64(text);
}

function editsOf(text: Uint8Array, hits: readonly TextHit[]): readonly Edit[] {
  return hits.length === 0 ? NOTHING : hits.map((hit) => editOfHit(text, hit));
}

/** What begins like JSON, and what has several lines, is taken for configuration, where no word is part of a sentence. */
function isConfig(text: Uint8Array): boolean {
  return OPENERS.includes(text.find((byte) => byte > 0x20)) || !isOneLine(text);
}

function formatOf(member: Uint8Array, text: Uint8Array) {
  return configFormatOf(String.fromCharCode(...member.subarray(0, 256)), text);
}

/** Whether a text is one line, so that the name above it speaks of all of it. */
function isOneLine(text: Uint8Array): boolean {
  const end = text.indexOf(LF, leadingSpace(text));
  return end < 0 || text.subarray(end).every((byte) => byte <= 0x20);
}

function leadingSpace(text: Uint8Array): number {
  const at = text.findIndex((byte) => byte > 0x20);
  return Math.max(0, at);
}

/** Whether what stands under the name of a secret is a file in which names say what is secret: the name says so. */
function isReadAsFile(text: Uint8Array, finding: Finding, place: FoundIn): boolean {
  if (isOneLine(text)) return false;
  return hasNamedValues(String.fromCharCode(...memberOf(finding, place.source).subarray(-16)));
}

function hitOf({ start, end }: Span, { rule, tokenClass }: LeafNode): TextHit {
  return { start, end, detector: rule, tokenClass, form: 'text' };
}

/** Everything from `start` on. */
export function wholeOf(
  text: Uint8Array,
  start: number,
  { rule, tokenClass }: Pick<Edit, 'rule' | 'tokenClass'>,
): Edit {
  const value = { spelling: 'raw', bytes: text.subarray(start) } as const;
  return { start, end: text.length, value, rule, tokenClass, form: 'text' };
}
