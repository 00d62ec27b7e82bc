// SPDX-License-Identifier: Apache-2.0
import { utf8 } from '../json/bytes.ts';
import { CLASSES, DIGIT, LETTER, LOWER, standsAt, UPPER } from './byte-class.ts';
import {
  ABOUT_SECRETS,
  ABOUT_SECRETS_BEFORE,
  ABOUT_TOKENS,
  AUTH_OF,
  BELOW_SECRETS,
  HARMLESS_KEY_OF,
  HARMLESS_PASSES,
  PLURALS,
  SECRET_ENDINGS,
  SECRET_KEY_OF,
  SECRET_VARIABLES,
  SECRET_WORDS,
} from './secret-words.ts';

const SMALL_S = 0x73;
const CAPITAL_S = 0x53;
const DASH = 0x2d;
const AUTH = utf8('auth');
/** Longer names are judged by their last bytes. */
const MAX_NAME = 128;

/**
 * Whether a name says that its value is secret: `PGPASSWORD`, `apiKey`, `client-secret`, `x-auth-token`; not
 * `PUBLIC_KEY`, `ACCESS_KEY_ID`, `secretName`, `tokenPath`. For variables, flags, headers and keys of JSON, YAML and
 * properties, in any of their spellings.
 */
export function isSecretName(name: Uint8Array, from = 0, to: number = name.length): boolean {
  const words = wordsOf(name, Math.max(from, to - MAX_NAME), to);
  return words.some((_, index) => isSecretAt(words, index));
}

/**
 * Whether a name says that it is of several secrets: `tokens`, `signingKeys`, `extra-secrets`. Under such a name there are
 * names of Secrets and counts as often as values.
 */
export function isPluralOfSecrets(name: Uint8Array, from: number, to: number): boolean {
  const last = name[to - 1];
  if (last !== SMALL_S && last !== CAPITAL_S) return false;
  const words = wordsOf(name, Math.max(from, to - MAX_NAME), to).map((word) => word.toLowerCase());
  const word = words.at(-1) ?? '';
  const isPlural = PLURALS.some((plural) => word.endsWith(plural)) || isSecretKey(words, words.length - 1);
  return isPlural && !words.slice(0, -1).some((before) => ABOUT_SECRETS_BEFORE.has(before));
}

/**
 * Whether a member of an object that stands under the name of a secret is about the secret and none itself: `name`,
 * `secretKeyRef`, `existingSecret`, `rotationPolicy`; not `value`, `inline`, `stringData`.
 */
export function isAboutSecret(name: Uint8Array, from: number, to: number): boolean {
  const words = wordsOf(name, Math.max(from, to - MAX_NAME), to).map((word) => word.toLowerCase());
  const last = words.at(-1) ?? '';
  if (last === 'template') return false;
  return ABOUT_SECRETS.has(last) || BELOW_SECRETS.has(last) || ABOUT_SECRETS_BEFORE.has(words[0] ?? '');
}

/** Whether a name speaks of a password, whose value may be a word or a number like any other. */
export function isPasswordName(name: Uint8Array, from: number, to: number): boolean {
  return wordsOf(name, Math.max(from, to - MAX_NAME), to).some((word) =>
    /pass(?:word|wd|phrase|code)|pwd$|pw$/i.test(word),
  );
}

/** Whether a name is secret for no more than that it ends in AUTH: what stands under it may be a way to log in. */
export function isAuthName(name: Uint8Array, from = 0, to: number = name.length): boolean {
  const words = wordsOf(name, Math.max(from, to - MAX_NAME), to);
  return isSecretAuth(words, words.length - 1) && !isPasswordName(name, from, to);
}

/** Whether a flag, dashes and all, is `--auth`, whose value is a password, as no member of that name is. */
export function isAuthFlag(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to && bytes[at] === DASH) at++;
  return at > from && to - at === AUTH.length && standsAt(bytes, at, to, AUTH);
}

/** The words of a name, as they are spelled. */
function wordsOf(name: Uint8Array, from: number, to: number): string[] {
  const words: string[] = [];
  let word = '';
  for (let at = from; at < to; at++) {
    const byte = name[at] as number;
    const isPart = ((CLASSES[byte] as number) & (LETTER | DIGIT)) !== 0;
    if (word !== '' && (!isPart || beginsWord(name, at, from, to))) {
      words.push(word);
      word = '';
    }
    if (isPart) word += String.fromCharCode(byte);
  }
  if (word !== '') words.push(word);
  return words;
}

/** A capital after a small letter or digit (`apiKey`), or the last of several before a small letter (`APIKey`). */
function beginsWord(name: Uint8Array, at: number, from: number, to: number): boolean {
  if (((CLASSES[name[at] as number] as number) & UPPER) === 0) return false;
  const before = at > from ? (CLASSES[name[at - 1] as number] as number) : 0;
  const after = at + 1 < to ? (CLASSES[name[at + 1] as number] as number) : 0;
  return (before & (LOWER | DIGIT)) !== 0 || ((before & UPPER) !== 0 && (after & LOWER) !== 0);
}

function isSecretAt(words: readonly string[], index: number): boolean {
  const spelled = words[index] as string;
  const word = spelled.toLowerCase();
  const isSecret = isSecretWord(word) || isSecretKey(words, index) || isSecretAtEnd(words, index);
  if (!isSecret && !isPluralInCapitals(spelled)) return false;
  if (words.slice(0, index).some((before) => ABOUT_SECRETS_BEFORE.has(before.toLowerCase()))) return false;
  const isPassword = word.includes('pass') || word.endsWith('pwd');
  return !words.slice(index + 1).some((spelling) => {
    const after = spelling.toLowerCase();
    return ABOUT_SECRETS.has(after) || (!isPassword && ABOUT_TOKENS.has(after));
  });
}

function isSecretWord(word: string): boolean {
  const bare = word.replace(/\d+$/, '');
  if (SECRET_WORDS.has(bare) || SECRET_ENDINGS.some((ending) => bare.endsWith(ending))) return true;
  return bare.endsWith('pass') && !HARMLESS_PASSES.has(bare);
}

/** `key` says nothing by itself: it depends on the word before, and on whether this looks like a variable. */
function isSecretKey(words: readonly string[], index: number): boolean {
  const spelled = words[index] as string;
  const before = words[index - 1]?.toLowerCase();
  if (before === undefined || !/^keys?\d*$/i.test(spelled)) return false;
  return SECRET_KEY_OF.has(before) || (isInCapitals(spelled) && !HARMLESS_KEY_OF.has(before));
}

/** `REDIS_AUTH`, `AUTH`: a password where it is the whole of a variable; in small letters it is a part of something. */
function isSecretAuth(words: readonly string[], index: number): boolean {
  if (words[index]?.toLowerCase() !== 'auth' || index !== words.length - 1) return false;
  return isInCapitals(words[index]) || AUTH_OF.has(words[index - 1]?.toLowerCase() ?? '');
}

/** What is secret only where it ends a name: `REDIS_AUTH`, `GITHUB_PAT`. */
function isSecretAtEnd(words: readonly string[], index: number): boolean {
  if (isSecretAuth(words, index)) return true;
  const spelled = words[index] as string;
  return index === words.length - 1 && isInCapitals(spelled) && SECRET_VARIABLES.has(spelled.toLowerCase());
}

function isPluralInCapitals(spelled: string): boolean {
  return spelled.endsWith('SECRETS') || spelled.endsWith('TOKENS');
}

function isInCapitals(spelled: string): boolean {
  return spelled === spelled.toUpperCase();
}
