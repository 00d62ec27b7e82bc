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

/** Where a Secret has its values: in base64, and as text. */
export const DATA_MEMBERS: readonly string[] = ['data', 'stringData'];
