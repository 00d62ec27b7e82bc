// SPDX-License-Identifier: Apache-2.0

/** A control sequence: `CSI <prefix> <params> <intermediates> <final>`. */
export interface ControlSequence {
  /** `?`, `>`, `=`, `<` or nothing. */
  readonly prefix: string;
  /** Digits, `;` and `:`, as they stood. */
  readonly params: string;
  readonly intermediates: string;
  readonly final: string;
}

/** What a parser tells of: everything that comes in is told in one of these ways, or was cut off. */
export interface EscapeSink {
  /** Characters that show, one at least. */
  text(characters: string): void;
  /** A C0 control that is none of ESC, CAN and SUB; or DEL. */
  control(code: number): void;
  csi(sequence: ControlSequence): void;
  /** `ESC <intermediates> <final>`. */
  escape(intermediates: string, final: string): void;
  /** A piece of an OSC, DCS, APC, PM or SOS string, or of a sequence that is none: what a terminal does not show. */
  string(piece: string): void;
}

type State = 'ground' | 'escape' | 'csi' | 'string' | 'string-escape';

const ESC = 0x1b;
const BEL = 0x07;
const LF = 0x0a;
const CAN = 0x18;
const SUB = 0x1a;
/** C1 controls as characters, and what they are in 7 bits. */
const C1_FIRST = 0x80;
const C1_LAST = 0x9f;
/** Anything but C0, DEL and C1. */
const RUN = /\P{Cc}+/uy;
const STRING_OPENERS = 'PX]^_';
/** Longer sequences are no sequences of a terminal: they are told as a string, in pieces. */
const MAX_SEQUENCE = 64;

/**
 * Splits what a terminal gets into what it shows and what it obeys, as ECMA-48 and the terminals in use read it.
 * Borders of what comes in carry no meaning; holds at most one sequence.
 * @see https://ecma-international.org/publications-and-standards/standards/ecma-48/
 */
export class EscapeParser {
  readonly #sink: EscapeSink;
  #state: State = 'ground';
  #sequence = '';
  #isOsc = false;

  constructor(sink: EscapeSink) {
    this.#sink = sink;
  }

  push(input: string): void {
    let at = 0;
    while (at < input.length) at = this.#run(input, at) ?? this.#one(input, at);
  }

  /** Takes characters together that mean the same; gives where they end. */
  #run(input: string, at: number): number | undefined {
    if (this.#state !== 'ground' && this.#state !== 'string') return undefined;
    RUN.lastIndex = at;
    const [characters] = RUN.exec(input) ?? [];
    if (characters === undefined) return undefined;
    if (this.#state === 'ground') this.#sink.text(characters);
    else this.#sink.string(characters);
    return at + characters.length;
  }

  #one(input: string, at: number): number {
    const code = input.charCodeAt(at);
    const character = input.charAt(at);
    if (code === CAN || code === SUB) this.#state = 'ground';
    else if (code === ESC) this.#escape();
    else if (this.#state === 'string') this.#inString(code);
    else if (this.#state === 'string-escape') return this.#endString(code, at);
    else if (code >= C1_FIRST && code <= C1_LAST) this.#c1(code);
    else if (code < 0x20 || code === 0x7f) this.#sink.control(code);
    else if (code > C1_LAST) return this.#breakOff(at);
    else if (this.#state === 'escape') this.#inEscape(character);
    else this.#inCsi(character);
    return at + 1;
  }

  /** A character that no sequence has: what came of it so far is none, and the character is text. */
  #breakOff(at: number): number {
    if (this.#sequence !== '') this.#sink.string(this.#sequence);
    this.#state = 'ground';
    return at;
  }

  #escape(): void {
    this.#sequence = '';
    this.#state = this.#state === 'string' ? 'string-escape' : 'escape';
  }

  /** A line break ends a string that nothing else has ended: whoever reads a recording is to see what came behind it. */
  #inString(code: number): void {
    if ((code === BEL && this.#isOsc) || code === 0x9c) this.#state = 'ground';
    else if (code === LF) this.#breakLine();
    else if (code >= C1_FIRST && code <= C1_LAST) this.#c1(code);
  }

  #breakLine(): void {
    this.#state = 'ground';
    this.#sink.control(LF);
  }

  /** After ESC in a string: `\` ends it, anything else begins a sequence that does. */
  #endString(code: number, at: number): number {
    this.#state = code === 0x5c ? 'ground' : 'escape';
    return code === 0x5c ? at + 1 : at;
  }

  /** A C1 control is ESC and a character of the column 4 or 5. */
  #c1(code: number): void {
    this.#sequence = '';
    this.#inEscape(String.fromCharCode(code - 0x40));
  }

  #inEscape(character: string): void {
    if (this.#sequence === '' && character === '[') {
      this.#state = 'csi';
    } else if (this.#sequence === '' && STRING_OPENERS.includes(character)) {
      this.#state = 'string';
      this.#isOsc = character === ']';
    } else if (character >= ' ' && character <= '/') {
      this.#grow(character);
    } else {
      this.#state = 'ground';
      this.#sink.escape(this.#sequence, character);
    }
  }

  #inCsi(character: string): void {
    if (character >= ' ' && character <= '?') {
      this.#grow(character);
    } else {
      this.#state = 'ground';
      const [whole, prefix = '', params = '', intermediates = ''] =
        /^([<=>?]?)([\d:;]*)([ -/]*)$/.exec(this.#sequence) ?? [];
      if (whole !== undefined && character <= '~') this.#sink.csi({ prefix, params, intermediates, final: character });
      else this.#sink.string(this.#sequence);
    }
  }

  #grow(character: string): void {
    this.#sequence += character;
    if (this.#sequence.length <= MAX_SEQUENCE) return;
    this.#sink.string(this.#sequence);
    // A character that begins no sequence, so that what is left of this one is none.
    this.#sequence = '/';
  }
}
