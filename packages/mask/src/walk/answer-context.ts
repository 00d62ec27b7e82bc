// SPDX-License-Identifier: Apache-2.0
import type { ByteSink } from '../json/byte-sink.ts';
import type { LearnedValues } from '../learned/learned-values.ts';
import type { TextScanner } from '../text/text-scanner.ts';
import type { TokenMinter } from '../token/token.ts';
import type { DocumentOptions } from './read-document.ts';

/** What it takes to read findings. */
export interface ReadContext extends DocumentOptions {
  readonly scanner: TextScanner;
  /** Whether a text that contains a masked value is masked whole, and every value counts, even a plain word. */
  readonly isStrict: boolean;
  /** Whether it is an answer that says no, whose words may repeat any part of the object. */
  readonly isRefusal: boolean;
}

/** What all units of one answer share. */
export interface AnswerContext extends ReadContext {
  readonly minter: TokenMinter;
  /** Whether messages of a Status are replaced by safe texts; they always are from code 500 on. */
  readonly replaceStatusTexts: boolean;
  /** Values learned before this answer. */
  readonly learned: LearnedValues | undefined;
  /** A sink for what is rendered inside a string at a depth; one for each depth, used again and again. */
  readonly sinkAt: (depth: number) => ByteSink;
  /** Adds one to a rule's count. */
  readonly count: (rule: string) => void;
}
