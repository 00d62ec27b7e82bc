// SPDX-License-Identifier: Apache-2.0

/** Rows of the table are this many columns wide, a power of two: one column for each byte that some word contains. */
const ROW_BITS = 6;
const MAX_COLUMNS = 1 << ROW_BITS;

/**
 * Finds all words of a fixed set in one pass over bytes, whatever the case of their letters: the automaton of Aho and
 * Corasick, with every failure link followed beforehand, so that each byte costs one look into a table.
 * @see A. Aho, M. Corasick: Efficient string matching, CACM 18 (1975)
 */
export class Automaton {
  /** Column of each byte; 0 for those that no word contains. */
  readonly columnOf: Uint8Array;
  /** The state after a byte: `next[(state << ROW_BITS) | columnOf[byte]]`. State 0 is the beginning. */
  readonly next: Uint16Array;
  readonly rowBits = ROW_BITS;
  /** In this state and all above it, words end. */
  readonly firstEnding: number;
  readonly #endings: readonly (readonly number[])[];

  /** @param words ASCII, in lower case */
  constructor(words: readonly string[]) {
    this.columnOf = columns(words);
    const trie = new Trie(words, this.columnOf);
    const states = trie.inOrder();
    const order = [...states.filter((s) => s.words.length === 0), ...states.filter((s) => s.words.length > 0)];
    for (const [number, state] of order.entries()) state.number = number;
    this.next = new Uint16Array(order.length << ROW_BITS);
    for (const state of order) {
      for (let column = 1; column < MAX_COLUMNS; column++) {
        this.next[(state.number << ROW_BITS) | column] = state.follow(column).number;
      }
    }
    this.firstEnding = order.findIndex((state) => state.words.length > 0);
    this.#endings = order.slice(this.firstEnding).map((state) => state.words);
  }

  /** Positions in `words` of those that end in a state, the longest first. */
  endingsOf(state: number): readonly number[] {
    return this.#endings[state - this.firstEnding] ?? [];
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
  number = 0;
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
