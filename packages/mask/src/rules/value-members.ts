// SPDX-License-Identifier: Apache-2.0

/** What custom resources call the value of a pair, or what stands for it, beside `value`. */
export const ALSO_VALUES: readonly string[] = [
  'val',
  'stringValue',
  'defaultValue',
  'default',
  'content',
  'data',
  'literal',
];
