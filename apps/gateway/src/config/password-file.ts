// SPDX-License-Identifier: Apache-2.0
import { readBoundedFile } from './bounded-file.ts';

const MAX_BYTES = 4_096;

/** The password in a file, without the line end that editors put there; or in words why there is none. */
export async function readPassword(
  file: string,
): Promise<{ readonly password: string } | { readonly problem: string }> {
  const reading = await readBoundedFile(file, MAX_BYTES);
  if ('problem' in reading) return { problem: `${file} ${reading.problem}` };
  const password = reading.bytes.toString('utf8').replace(/\r?\n$/, '');
  const isOne =
    password !== '' &&
    !/[\r\n\0]/.test(password) &&
    Buffer.from(password).equals(reading.bytes.subarray(0, Buffer.byteLength(password)));
  return isOne ? { password } : { problem: `${file} is not one line of UTF-8 text` };
}
