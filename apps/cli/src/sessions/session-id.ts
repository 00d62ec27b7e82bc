// SPDX-License-Identifier: Apache-2.0
import { CliError } from '../cli-error.ts';

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws CliError exit code 3 for what can't be the id of a session, a request or a stream */
export function assertId(id: string, what: string): void {
  if (!ID.test(id)) throw new CliError(3, `${what} is a UUID in lower case, as "countersign sessions list" prints it`);
}
