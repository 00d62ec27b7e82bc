// SPDX-License-Identifier: Apache-2.0

/** A derived file: its path in the repository and what it must hold. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}
