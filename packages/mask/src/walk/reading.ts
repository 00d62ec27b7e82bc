// SPDX-License-Identifier: Apache-2.0
import { OPEN_ARRAY, OPEN_OBJECT } from '../json/bytes.ts';
import { encodeBase64, isCanonicalBase64 } from '../text/base64.ts';
import { isCount } from '../text/harmless-value.ts';
import { isPasswordName } from '../text/secret-name.ts';
import type { TextHit } from '../text/text-hit.ts';
import type { Value } from '../token/token.ts';
import { DENSE_TURN_BYTES, type InTurns } from '../turns.ts';
import type { ReadContext } from './answer-context.ts';
import type { Edit } from './edits.ts';
import { holdsSecret } from './embedded-secret.ts';
import { type Finding, type FoundIn, memberOf } from './finding.ts';
import { isSecretAsWhole, lookInto, scanFinding } from './look-into.ts';
import { readDocument, readDocumentInTurns } from './read-document.ts';
import type { UnitNotes } from './unit-notes.ts';

/** What comes of one finding. */
export type Reading =
  /** It stays. */
  | { readonly kind: 'nothing' }
  /** A token takes its place, which stands for this value. */
  | { readonly kind: 'whole'; readonly value: Value }
  /** Masks take the place of parts of its text. */
  | { readonly kind: 'parts'; readonly text: Uint8Array; readonly edits: readonly Edit[] }
  /** It is a document of its own. */
  | { readonly kind: 'document'; readonly text: Uint8Array; readonly notes: UnitNotes }
  /** A text of our own takes its place if none of it may be shown, else masks take the place of parts. */
  | { readonly kind: 'status'; readonly text: Uint8Array; readonly edits: readonly Edit[] };

const NOTHING: Reading = { kind: 'nothing' };
const NO_BYTES = new Uint8Array(0);
/** JSON in a string in JSON in a string …: deeper than this it is masked whole. */
const MAX_EMBEDDING = 3;
const OPENERS: readonly (number | undefined)[] = [OPEN_OBJECT, OPEN_ARRAY];

/** What was read of a long text before `readFinding` asks for it. */
export interface ReadAhead {
  readonly scanned?: readonly TextHit[];
  readonly document?: { readonly notes: UnitNotes | undefined };
}

const NOTHING_AHEAD: ReadAhead = {};

/** Reads in turns what takes long in a text; nothing of a short one, and of one that is masked as a whole. */
export function* readAhead(
  finding: Finding,
  text: Uint8Array,
  context: ReadContext,
  place: FoundIn,
): InTurns<ReadAhead> {
  if (text.length <= DENSE_TURN_BYTES || finding.form !== 'string' || isWhole(finding)) return NOTHING_AHEAD;
  if (mayBeCopy(finding, text, context) && place.depth < MAX_EMBEDDING) {
    const notes = yield* readDocumentInTurns(text, finding.scope, context);
    if (notes === undefined || isCopy(finding, notes)) return { document: { notes } };
    return { document: { notes }, scanned: yield* scanFinding(text, finding, context, place) };
  }
  if (isSecretAsWhole(text, finding, place)) return NOTHING_AHEAD;
  return { scanned: yield* scanFinding(text, finding, context, place) };
}

/** Whether its place alone says that all of it is masked. */
function isWhole({ leaf, harmlessColumn }: Finding): boolean {
  const { treatment } = leaf;
  return treatment === 'base64' || treatment === 'text' || (treatment === 'cell' && !harmlessColumn);
}

/**
 * Reads what stands at a finding: `text` is the string or key without escapes, or the value as it stands; `ahead` what
 * `readAhead` has read of it.
 */
export function readFinding(
  finding: Finding,
  text: Uint8Array,
  context: ReadContext,
  place: FoundIn,
  ahead: ReadAhead = NOTHING_AHEAD,
): Reading {
  const { treatment } = finding.leaf;
  if (treatment === 'base64' || treatment === 'text') return { kind: 'whole', value: plainValue(finding, text) };
  if (finding.form === 'null' || treatment === 'plain') return NOTHING;
  if (finding.form === 'other') {
    return staysAsScalar(finding, text, place) ? scalar(finding, text) : wholeOf(finding, text);
  }
  if (treatment === 'embedded-json' || treatment === 'annotation') {
    return readEmbedded(finding, text, context, place, ahead);
  }
  if (isWhole(finding) || isSecretAsWhole(text, finding, place)) return wholeOf(finding, text);
  const edits = lookInto(text, finding, context, place, ahead.scanned);
  return { kind: treatment === 'status-text' || treatment === 'cause-text' ? 'status' : 'parts', text, edits };
}

/** Of the number in a cell, what is masked beside it may say that it is a secret. */
function scalar({ leaf }: Finding, text: Uint8Array): Reading {
  return leaf.treatment === 'any-cell' ? { kind: 'parts', text, edits: [] } : NOTHING;
}

function wholeOf(finding: Finding, text: Uint8Array): Reading {
  return { kind: 'whole', value: plainValue(finding, text) };
}

/** Text is spelled in base64 as well, so that `data` and `stringData` with the same value get the same token. */
function plainValue({ form, leaf, escaped }: Finding, text: Uint8Array): Value {
  if (form === 'null') return { spelling: 'base64', bytes: NO_BYTES };
  if (form === 'other') return { spelling: 'raw', bytes: text };
  if (leaf.treatment === 'text') return { spelling: 'base64', bytes: encodeBase64(text) };
  if (leaf.treatment !== 'base64') return { spelling: 'raw', bytes: text };
  const bytes = escaped ? text.filter((byte) => byte !== 0x0a && byte !== 0x0d) : text;
  return { spelling: isCanonicalBase64(bytes) ? 'base64' : 'raw', bytes };
}

/**
 * Numbers and booleans are what harmless columns are made of, and numbers of few digits are counts unless the name is a
 * password's; anything else that is no string is masked.
 */
function staysAsScalar(finding: Finding, text: Uint8Array, place: FoundIn): boolean {
  const { leaf, naming, harmlessColumn } = finding;
  const isScalar = !OPENERS.includes(text[0]);
  const { treatment } = leaf;
  if (treatment === 'pair' || treatment === 'several-pair' || treatment === 'any-cell') {
    return isScalar && !naming.isSecret;
  }
  if (treatment === 'named-pair' && naming.isSecret) return false;
  if (treatment === 'cell') return harmlessColumn && isScalar;
  if ((treatment !== 'named' && treatment !== 'named-pair') || !isCount(text, 0, text.length)) return false;
  const member = memberOf(finding, place.source);
  return !isPasswordName(member, 0, member.length);
}

/** Of annotations only copies of a Secret are documents; detectors read others, JSON or not. */
function readEmbedded(
  finding: Finding,
  text: Uint8Array,
  context: ReadContext,
  place: FoundIn,
  ahead: ReadAhead,
): Reading {
  if (isOtherSecret(finding, text, context)) return wholeOf(finding, text);
  const isDocument = mayBeCopy(finding, text, context);
  const notes = isDocument && place.depth < MAX_EMBEDDING ? documentOf(finding, text, context, ahead) : undefined;
  if (notes !== undefined && isCopy(finding, notes)) return { kind: 'document', text, notes };
  const isBroken = isDocument && notes === undefined;
  if (isBroken || isSecretAsWhole(text, finding, place)) return wholeOf(finding, text);
  return { kind: 'parts', text, edits: lookInto(text, finding, context, place, ahead.scanned) };
}

function documentOf(finding: Finding, text: Uint8Array, context: ReadContext, { document }: ReadAhead) {
  return document === undefined ? readDocument(text, finding.scope, context) : document.notes;
}

function isManifest({ leaf }: Finding): boolean {
  return leaf.treatment === 'embedded-json';
}

/** Whether the copy of an object that is no Secret, and whose table knows of none within it, has one in it all the same. */
function isOtherSecret(finding: Finding, text: Uint8Array, { isStrict, table }: ReadContext): boolean {
  return isManifest(finding) && !isStrict && table.object?.mayBeManifest !== true && holdsSecret(text);
}

/** Whether a text must be read as a document, which may be a copy of the object. */
function mayBeCopy(finding: Finding, text: Uint8Array, { isStrict }: ReadContext): boolean {
  if (isManifest(finding)) return true;
  const isOther = !isStrict || finding.leaf.treatment !== 'annotation';
  return !isOther && text.find((byte) => byte > 0x20) === OPEN_OBJECT;
}

function isCopy(finding: Finding, { findings }: UnitNotes): boolean {
  return isManifest(finding) || findings.some(isValue);
}

function isValue({ leaf }: Finding): boolean {
  return leaf.tokenClass === 'secret' || leaf.treatment === 'embedded-json';
}
