// SPDX-License-Identifier: Apache-2.0
import type { Row } from '../clients/row.ts';

/** One way to fetch what holds canaries. */
export interface Asking extends Row {
  /** Exit codes of the steps for who has no permit with @reveal, where they differ from the others. */
  readonly maskedCodes?: readonly number[];
  /** Whether it shows nothing, to nobody: names alone. */
  readonly showsNothing?: true;
}
