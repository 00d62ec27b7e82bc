// SPDX-License-Identifier: Apache-2.0

import { utf8 } from '../json/bytes.ts';
import { CLASSES, DIGIT, LETTER, LOWER, standsAt, UPPER } from './byte-class.ts';

/** No longer value is harmless. */
const MAX_HARMLESS = 512;
const MAX_WORD = 16;

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** What stands where a value could, and says that there is none. */
const NO_VALUES = set(`
  true false null nil none undefined yes no on off n/a ~ - "" '' {} [] | |- |+ > >- >+ [redacted] [filtered] [hidden] [masked]
  redacted masked filtered hidden unset notset empty default unknown (empty) (none) (redacted) (hidden) (sensitive)
`);

/** Words that follow "token:" and "password:" in sentences. */
const SENTENCE_WORDS = set(`
  a an and any are as at be been bad by can cannot changed could couldn created deleted denied deprecated different
  disabled do does doesn't empty enabled error expected expired failed failure for found from generated get getting
  given has have if in incorrect into invalid is isn't it its length loading malformed mismatch missing must need needs
  never no none not null ok on only or please provided reading refresh rejected required reset retrieved revoked rotated
  secret secrets set should skipped so success such that the this to token too unable unauthorized undefined unexpected
  unknown unset unsupported updated use used using valid was were when will with without wrong you your
`);

/** Of SASL and HTTP: what servers say that they take, as `AUTH=PLAIN`, and what is set for one, or whether there is one. */
const WAYS_TO_LOG_IN = set(`
  plain login anonymous external gssapi ntlm cram-md5 digest-md5 scram-sha-1 scram-sha-256 xoauth2 oauthbearer
  basic bearer digest negotiate kerberos ldap oauth oauth2 oidc saml mtls tls ssl sasl sasl_ssl sasl_plaintext plaintext
  enabled disabled required optional
`);

/** Where files of secrets lie: such a value names a file. */
const ROOTS: readonly Uint8Array[] = [
  ...set('/var/ /etc/ /run/ /home/ /root/ /opt/ /usr/ /tmp/ /mnt/ /secrets/ /vault/ /app/ /data/ /srv/ /dev/ /proc/'),
  ...set('/config/ /workspace/ /certs/ /tokens/ ./ ../ ~/ file:'),
].map(utf8);

const text = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));

/** Whether a value under a secret name is none: empty, a switch, a variable, a placeholder, a file's path. */
export function isHarmlessValue(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (length > MAX_HARMLESS) return false;
  if (length === 0 || isFiller(bytes, from, to)) return true;
  if (length <= MAX_WORD && !hasDigit(bytes, from, to) && NO_VALUES.has(text(bytes, from, to).toLowerCase()))
    return true;
  return isPlaceholder(bytes, from, to) || isPath(bytes, from, to) || isSize(bytes, from, to);
}

function hasDigit(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (((CLASSES[bytes[at] as number] as number) & DIGIT) !== 0) return true;
  return false;
}

/** Whether a value is a number of few digits: a count, unless the name is a password's. */
export function isCount(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > 7) return false;
  for (let at = from; at < to; at++) if (((CLASSES[bytes[at] as number] as number) & DIGIT) === 0) return false;
  return true;
}

/** Whether a value names a way to log in, or says whether there is one, and so is none of a token's. */
export function isWayToLogIn(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from <= MAX_WORD && WAYS_TO_LOG_IN.has(text(bytes, from, to).toLowerCase());
}

/** Whether a value under a name that ends in AUTH is no password: a way to log in or a switch. */
export function isAuthSetting(bytes: Uint8Array, from: number, to: number): boolean {
  return (to - from === 1 && isCount(bytes, from, to)) || isWayToLogIn(bytes, from, to);
}

/**
 * Whether a bare value after "name: " reads like a word of a sentence. Of a password's name, only those words that
 * sentences about passwords are made of do.
 */
export function isSentenceWord(bytes: Uint8Array, from: number, to: number, isPassword: boolean): boolean {
  const first = CLASSES[bytes[from] as number] as number;
  if ((first & LETTER) === 0) return (first & (DIGIT | LOWER | UPPER)) === 0 && to - from <= 2;
  for (let at = from + 1; at < to; at++) {
    const byte = bytes[at] as number;
    const isWordByte = ((CLASSES[byte] as number) & LOWER) !== 0 || byte === 0x27 || isFinalPunctuation(byte, at, to);
    if (!isWordByte) return false;
  }
  return (
    !isPassword ||
    SENTENCE_WORDS.has(
      text(bytes, from, to)
        .toLowerCase()
        .replace(/[.,:;!?]$/, ''),
    )
  );
}

/** Whether a value reads like the name of an object: words and short numbers with `-`, `.` or `/` between them. */
export function looksLikeObjectName(bytes: Uint8Array, from: number, to: number): boolean {
  const value = text(bytes, from, Math.min(to, from + MAX_HARMLESS));
  return /^[a-z]+(?:[-./](?:[a-z]+\d{0,3}|\d{1,4}))+:?$/.test(value);
}

function isFinalPunctuation(byte: number, at: number, to: number): boolean {
  return at === to - 1 && '.,:;!?'.includes(String.fromCharCode(byte));
}

/** At least three of `*`, `x`, `X`, `.`, `-` or `#`, and nothing else: masked by somebody else. */
function isFiller(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from] as number;
  if (to - from < 3 || !'*xX.-#_'.includes(String.fromCharCode(first))) return false;
  for (let at = from; at < to; at++) if (bytes[at] !== first) return false;
  return true;
}

/** What a placeholder begins with: `$`, `%`, `{`, `<`. */
const PLACEHOLDERS: readonly (number | undefined)[] = [0x24, 0x25, 0x7b, 0x3c];

/** `$NAME`, `${NAME}`, `$(NAME)`, `%NAME%`, `{{ … }}`, `<some words>`. */
function isPlaceholder(bytes: Uint8Array, from: number, to: number): boolean {
  if (!PLACEHOLDERS.includes(bytes[from])) return false;
  const value = text(bytes, from, to);
  return (
    /^\$[A-Z_][A-Z0-9_]*$/.test(value) ||
    /^\$\{[A-Za-z_][\w.]*\}$/.test(value) ||
    /^\$\([A-Za-z_][\w.]*\)$/.test(value) ||
    /^%[A-Z_]+%$/.test(value) ||
    /^\{\{[^{}"']*\}\}$/.test(value) ||
    /^<[A-Za-z][A-Za-z _-]*>$/.test(value)
  );
}

const BYTES = utf8(' bytes');

/** `8 bytes`, as `kubectl describe secret` says of each value. */
function isSize(bytes: Uint8Array, from: number, to: number): boolean {
  return isInSize(bytes, from, to - BYTES.length, to);
}

/** Whether a value is the number in such a size. */
export function isInSize(bytes: Uint8Array, from: number, end: number, to: number): boolean {
  return end > from && standsAt(bytes, end, to, BYTES) && isCount(bytes, from, end);
}

function isPath(bytes: Uint8Array, from: number, to: number): boolean {
  return ROOTS.some((root) => standsAt(bytes, from, to, root));
}
