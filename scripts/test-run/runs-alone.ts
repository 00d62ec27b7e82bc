// SPDX-License-Identifier: Apache-2.0

/** A line of its own among the first of a file, with the reason. */
const RUNS_ALONE = /^\/\/ Runs alone: \S/m;

/** What only a machine that does nothing else can keep to. */
const MEASURES_TIME = [/\bwithin (?:a second|two seconds)\b/, /\bWITHIN_MS\b/];

/** Whether the end-to-end test file with this text says that no other may run beside it. */
export function runsAlone(text: string): boolean {
  return RUNS_ALONE.test(text);
}

/** Whether the text asserts how soon something comes, as far as words show it: then it must run alone. */
export function measuresTime(text: string): boolean {
  return MEASURES_TIME.some((words) => words.test(text));
}
