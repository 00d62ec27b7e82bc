// SPDX-License-Identifier: Apache-2.0

/** Rows of the table are this many columns wide, a power of two: one column for each byte that some word contains. */
const ROW_BITS = 6;
const MAX_COLUMNS = 1 << ROW_BITS;
/** How far each of the two lanes goes before they meet. */
const LANE_BYTES = 256;
/** Longest word. */
export const MAX_WORD = 12;

/**
 * Finds all words of a fixed set in one pass over bytes, whatever the case of their letters: the automaton of Aho and
 * Corasick, with every failure link followed beforehand, so that each byte costs one look into a table.
 * @see A. Aho, M. Corasick: Efficient string matching, CACM 18 (1975)
 */
export class Automaton {
  /** Column of each byte; 0 for those that no word contains. */
  readonly columnOf: Uint8Array;
  /** The state after a byte: `next[state | columnOf[byte]]`. A state is the beginning of its row; 0 is the first. */
  readonly next: Int32Array;
  /** In this state and all above it, words end. */
  readonly firstEnding: number;
  readonly #endings: readonly (readonly number[])[];

  /** @param words ASCII, in lower case, of at most 12 characters */
  constructor(words: readonly string[]) {
    if (words.some((word) => word.length > MAX_WORD)) throw new RangeError('a word is too long');
    this.columnOf = columns(words);
    const trie = new Trie(words, this.columnOf);
    const states = trie.inOrder();
    const order = [...states.filter((s) => s.words.length === 0), ...states.filter((s) => s.words.length > 0)];
    for (const [index, state] of order.entries()) state.row = index << ROW_BITS;
    this.next = new Int32Array(order.length << ROW_BITS);
    // The row of a failure link, whose path is shorter, is whole by then.
    for (const { row, failure, children } of states) {
      if (failure !== undefined) this.next.copyWithin(row, failure.row, failure.row + MAX_COLUMNS);
      for (const [column, child] of children) this.next[row | column] = child.row;
    }
    const firstEnding = order.findIndex((state) => state.words.length > 0);
    this.firstEnding = firstEnding << ROW_BITS;
    this.#endings = order.slice(firstEnding).map((state) => state.words);
  }

  /** Positions in `words` of those that end in a state, the longest first. */
  endingsOf(state: number): readonly number[] {
    return this.#endings[(state - this.firstEnding) >> ROW_BITS] ?? [];
  }
}

/** Where a search has come to. One for each text under way, used again for the next. */
export class AutomatonRun {
  readonly #automaton: Automaton;
  /** After the word that ended last. */
  at = 0;
  state = 0;

  constructor(automaton: Automaton) {
    this.#automaton = automaton;
  }

  /** Forgets what was read so far: no word may begin before `at`. */
  restart(at: number): void {
    this.at = at;
    this.state = 0;
  }

  /**
   * Goes on until a word has ended; false when none ends before `to`. Most of a text has no words: it is read at two
   * places at once, since a processor waits for each look into the table and can wait for two together.
   */
  advance(bytes: Uint8Array, to: number): boolean {
    const { next, columnOf, firstEnding } = this.#automaton;
    let { at, state } = this;
    while (at < to) {
      const wordless = this.#afterWordless(bytes, at, to, state);
      if (wordless > at) {
        at = wordless;
        state = this.state;
      }
      const stop = Math.min(to, at + 2 * LANE_BYTES);
      while (at < stop) {
        state = next[state | (columnOf[bytes[at++] as number] as number)] as number;
        if (state < firstEnding) continue;
        this.at = at;
        this.state = state;
        return true;
      }
    }
    this.at = at;
    this.state = state;
    return false;
  }

  /** Passes whole pairs of lanes in which no word ends; `state` is set to what holds after them. */
  #afterWordless(bytes: Uint8Array, from: number, to: number, before: number): number {
    const { next, columnOf, firstEnding } = this.#automaton;
    let at = from;
    let first = before;
    while (at + 2 * LANE_BYTES <= to) {
      const middle = at + LANE_BYTES;
      let second = 0;
      // A state depends on less than a word's length of what came before.
      for (let i = middle - MAX_WORD; i < middle; i++)
        second = next[second | (columnOf[bytes[i] as number] as number)] as number;
      for (let i = at; i < middle; i++) {
        first = next[first | (columnOf[bytes[i] as number] as number)] as number;
        second = next[second | (columnOf[bytes[i + LANE_BYTES] as number] as number)] as number;
        if (first >= firstEnding || second >= firstEnding) return at;
      }
      at += 2 * LANE_BYTES;
      first = second;
      this.state = second;
    }
    return at;
  }
}

function columns(words: readonly string[]): Uint8Array {
  const columnOf = new Uint8Array(256);
  const characters = [...new Set(words.join(''))];
  if (characters.length >= MAX_COLUMNS) throw new RangeError('the words contain too many different characters');
  for (const [index, character] of characters.entries()) {
    columnOf[character.charCodeAt(0)] = index + 1;
    columnOf[character.toUpperCase().charCodeAt(0)] = index + 1;
  }
  return columnOf;
}

class State {
  row = 0;
  readonly children = new Map<number, State>();
  /** Words that end here, those of the failure link included. */
  words: number[] = [];
  failure: State | undefined;

  follow(column: number): State {
    const child = this.children.get(column);
    if (child !== undefined) return child;
    return this.failure === undefined ? this : this.failure.follow(column);
  }
}

class Trie {
  readonly #root = new State();

  constructor(words: readonly string[], columnOf: Uint8Array) {
    for (const [index, word] of words.entries()) {
      let state = this.#root;
      for (const character of word) {
        const column = columnOf[character.charCodeAt(0)] as number;
        const child = state.children.get(column) ?? new State();
        state.children.set(column, child);
        state = child;
      }
      state.words.push(index);
    }
  }

  /** All states, those with shorter paths first, with their failure links set. */
  inOrder(): State[] {
    const states = [this.#root];
    for (const state of states) {
      for (const [column, child] of state.children) {
        child.failure = state.failure?.follow(column) ?? this.#root;
        child.words = [...child.words, ...child.failure.words];
        states.push(child);
      }
    }
    return states;
  }
}
