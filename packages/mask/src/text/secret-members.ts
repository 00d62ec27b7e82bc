// SPDX-License-Identifier: Apache-2.0
import { bytesEqual, utf8 } from '../json/bytes.ts';
import { type JsonEvents, READ_ON } from '../json/json-events.ts';
import { unescapeJson } from '../json/json-string.ts';
import { JsonTokenizer } from '../json/tokenizer.ts';
import { MaskError } from '../mask-error.ts';
import { type InTurns, TURN_BYTES } from '../turns.ts';
import { isOpaqueWord } from './distinctive.ts';
import { isAuthSetting, isHarmlessValue } from './harmless-value.ts';
import { isOwnMask } from './own-mask.ts';
import { isAboutSecret, isAuthName, isPasswordName, isPluralOfSecrets, isSecretName } from './secret-name.ts';
import type { HitForm, TextHit } from './text-hit.ts';

const MAX_DEPTH = 128;
const NAMES = ['name', 'key', 'Name', 'Key'].map(utf8);
const VALUES = ['value', 'Value'].map(utf8);

interface Span {
  readonly start: number;
  readonly end: number;
  readonly form: HitForm;
}

interface Level {
  /** Whether it stands under the name of a secret: what in it is not about the secret is one. */
  readonly isSecret: boolean;
  readonly isArray: boolean;
  /** Whether it stands under the name of several secrets: of what is in it, what is more than a word is one. */
  readonly isSeveral: boolean;
  /** Whether the key, or that of the list, ends in AUTH. */
  isOfAuth: boolean;
  key: 'secret' | 'about' | 'name' | 'value' | 'other';
  /** Whether the key is of several secrets, as `tokens` and `passwords` are. */
  isKeyOfSeveral: boolean;
  /** What a member called `value` held, and whether one called `name` held a secret name: they come in any order. */
  pair: Span | undefined;
  isPairSecret: boolean;
}

/**
 * The scalars under secret names of a JSON document in a text, whatever stands between name and value; `undefined` if the
 * text is no JSON. Of pairs like `{"name":"API_TOKEN","value":"x"}` the value.
 */
export function* secretMembers(text: Uint8Array): InTurns<readonly TextHit[] | undefined> {
  const reader = new MemberReader(text);
  const tokenizer = new JsonTokenizer(reader, { maxDepth: MAX_DEPTH, documents: 'one', arrayAtRoot: true });
  try {
    for (let at = 0; at < text.length; at += TURN_BYTES) {
      if (at > 0) yield;
      tokenizer.read(text, at, Math.min(at + TURN_BYTES, text.length), 0);
    }
  } catch (error) {
    if (error instanceof MaskError) return undefined;
    throw error;
  }
  return tokenizer.complete ? reader.hits : undefined;
}

class MemberReader implements JsonEvents {
  readonly hits: TextHit[] = [];
  readonly #text: Uint8Array;
  readonly #levels: Level[] = [];

  constructor(text: Uint8Array) {
    this.#text = text;
  }

  onOpen(isArray: boolean): number {
    const level = this.#levels.at(-1);
    const isBelow = level !== undefined && (level.isArray || level.key !== 'about');
    const isKeyOfSeveral = level?.isArray === false && level.isKeyOfSeveral;
    const isSeveral = isBelow && (level.isSeveral || (isKeyOfSeveral && (level.key !== 'secret' || !isArray)));
    const isSecret = isBelow && (level.isSecret || (level.key === 'secret' && !(isKeyOfSeveral && !isArray)));
    this.#levels.push({
      isSecret,
      isArray,
      isSeveral,
      isOfAuth: isArray && level?.isOfAuth === true,
      key: 'other',
      isKeyOfSeveral: false,
      pair: undefined,
      isPairSecret: false,
    });
    return READ_ON;
  }

  onClose(): void {
    const level = this.#levels.pop();
    if (level?.isPairSecret === true && level.pair !== undefined) this.#add(level.pair);
  }

  onKey(start: number, end: number, escaped: boolean): void {
    const level = this.#levels.at(-1);
    if (level === undefined) return;
    const key = this.#plain(start, end, escaped);
    const { length } = key;
    const isAbout = (level.isSecret || level.isSeveral) && isAboutSecret(key, 0, length);
    level.isOfAuth = isAuthName(key);
    level.isKeyOfSeveral = isPluralOfSecrets(key, 0, length) && !isPasswordName(key, 0, length);
    if (isSecretName(key)) level.key = 'secret';
    else if (NAMES.some((name) => bytesEqual(name, key))) level.key = 'name';
    else if (isAbout) level.key = 'about';
    else level.key = VALUES.some((name) => bytesEqual(name, key)) ? 'value' : 'other';
  }

  onString(start: number, end: number, escaped: boolean): void {
    const level = this.#levels.at(-1);
    if (level?.key === 'name') level.isPairSecret ||= isSecretName(this.#plain(start, end, escaped));
    this.#scalar({ start, end, form: 'text' });
  }

  onScalar(start: number, end: number): void {
    this.#scalar({ start, end, form: 'json' });
  }

  onDocument(): void {}

  #scalar(span: Span): void {
    const level = this.#levels.at(-1);
    if (level === undefined || this.#isSetting(level, span)) return;
    const isOther = level.key === 'other' || level.key === 'value';
    if (level.key === 'secret' || (level.isSecret && isOther)) this.#add(span);
    else if (this.#isOneOfSeveral(level, span)) this.#add(span);
    else if (!level.isArray && level.key === 'value') level.pair = span;
  }

  #isSetting({ isOfAuth }: Level, { start, end }: Span): boolean {
    return isOfAuth && isAuthSetting(this.#text, start, end);
  }

  #isOneOfSeveral({ isArray, isSeveral, isKeyOfSeveral, key }: Level, { start, end }: Span): boolean {
    const isMember = isSeveral && key !== 'about' && key !== 'name';
    return (isMember || (isKeyOfSeveral && !isArray)) && isOpaqueWord(this.#text.subarray(start, end));
  }

  #add({ start, end, form }: Span): void {
    if (isHarmlessValue(this.#text, start, end) || isOwnMask(this.#text, start, end)) return;
    this.hits.push({ start, end, detector: 'named-value', tokenClass: 'password', form });
  }

  #plain(start: number, end: number, escaped: boolean): Uint8Array {
    const content = this.#text.subarray(start, end);
    return escaped ? unescapeJson(content) : content;
  }
}
