// SPDX-License-Identifier: Apache-2.0
import { type ControlSequence, EscapeParser } from './escape-parser.ts';

/** BS, HT, LF, VT, FF, CR, SO, SI. */
const CONTROLS: ReadonlySet<number> = new Set([8, 9, 10, 11, 12, 13, 14, 15]);
/**
 * Control sequences without prefix that only draw: cursor (A-H, a, d, e, f, backtick, s, u), erase (J, K, X), insert and
 * delete (@, L, M, P), scroll (S, T, r), repeat (b), colours (m).
 */
const FINALS: ReadonlySet<string> = new Set('ABCDEFGHadef`suJKX@LMPSTrbm');
/** Modes that only draw: insert; and private ones: origin, wrap, cursor shown, the other screen. */
const MODES: ReadonlySet<string> = new Set(['4']);
const PRIVATE_MODES: ReadonlySet<string> = new Set(['6', '7', '25', '47', '1047', '1049']);
/** Save and restore the cursor, index, next line, reverse index. */
const ESCAPES: ReadonlySet<string> = new Set(['7', '8', 'D', 'E', 'M']);
/** ASCII, the United Kingdom's, line drawing. */
const CHARSETS: ReadonlySet<string> = new Set(['B', 'A', '0']);
const MAX_REPEAT = 1_000;
/** A number that a terminal may be asked to move or erase by. */
const NUMBER = /^\d{0,4}$/;
/** Marks that turn the direction of text, so that it reads otherwise than it is. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes recorded output harmless for the terminal that it is shown in: an allow-list of what draws. Titles, the
 * clipboard (OSC 52), hyperlinks, device control, printing, mouse and paste modes, and every sequence that a terminal
 * answers with input (device attributes, status reports) are left out, so are marks that turn text round.
 * @see https://github.com/kubernetes/kubernetes/issues/101695 CVE-2021-25743
 */
export class SafeOutput {
  readonly #parser: EscapeParser;
  readonly #decoder = new TextDecoder();
  #output = '';
  /** What has to be undone, by the way to undo it. */
  readonly #undo = new Set<string>();

  constructor() {
    this.#parser = new EscapeParser({
      text: (characters) => {
        this.#output += characters.replace(DIRECTION, '\ufffd');
      },
      control: (code) => this.#control(code),
      csi: (sequence) => this.#csi(sequence),
      escape: (intermediates, final) => this.#escape(intermediates, final),
      string: () => undefined,
    });
  }

  /** What of `bytes` may go to a terminal; borders carry no meaning, but a sequence comes when it is whole. */
  push(bytes: Uint8Array): string {
    this.#parser.push(this.#decoder.decode(bytes, { stream: true }));
    const output = this.#output;
    this.#output = '';
    return output;
  }

  /** What brings the terminal back to how it was before: colours, cursor, modes, screen, character set. */
  reset(): string {
    const undo = [...this.#undo].join('');
    this.#undo.clear();
    return `${undo}\x1b[0m`;
  }

  #control(code: number): void {
    if (!CONTROLS.has(code)) return;
    if (code === 14) this.#undo.add('\x0f');
    this.#output += String.fromCharCode(code);
  }

  #csi({ prefix, params, intermediates, final }: ControlSequence): void {
    if (intermediates !== '') return;
    if (final === 'h' || final === 'l') this.#mode(prefix, params, final);
    else if (prefix === '' && FINALS.has(final) && isHarmless(params, final)) {
      if (final === 'r') this.#undo.add('\x1b7\x1b[r\x1b8');
      this.#output += `\x1b[${params}${final}`;
    }
  }

  #mode(prefix: string, params: string, final: 'h' | 'l'): void {
    const allowed = prefix === '?' ? PRIVATE_MODES : prefix === '' ? MODES : new Set<string>();
    for (const mode of params.split(';')) {
      if (!allowed.has(mode)) continue;
      this.#output += `\x1b[${prefix}${mode}${final}`;
      // Wrap and cursor are on, the others off, in a terminal that nobody touched.
      const isUsual = (mode === '7' || mode === '25') === (final === 'h');
      const undo = `\x1b[${prefix}${mode}${final === 'h' ? 'l' : 'h'}`;
      if (isUsual) this.#undo.delete(`\x1b[${prefix}${mode}${final}`);
      else this.#undo.add(undo);
    }
  }

  #escape(intermediates: string, final: string): void {
    if (intermediates === '' && ESCAPES.has(final)) this.#output += `\x1b${final}`;
    if ((intermediates !== '(' && intermediates !== ')') || !CHARSETS.has(final)) return;
    this.#undo.add(`\x1b${intermediates}B`);
    this.#output += `\x1b${intermediates}${final}`;
  }
}

function isHarmless(params: string, final: string): boolean {
  if (final === 'm') return true;
  const numbers = params.split(';');
  if (!numbers.every((number) => NUMBER.test(number))) return false;
  // NOTE: 3 J empties what the viewer could scroll back to; s and T with numbers are other things than their plain forms.
  if (final === 'J') return numbers.every((number) => Number(number) <= 2);
  if (final === 's' || final === 'u') return params === '';
  if (final === 'T') return numbers.length === 1;
  return final !== 'b' || Number(params) <= MAX_REPEAT;
}
