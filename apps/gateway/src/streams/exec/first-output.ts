// SPDX-License-Identifier: Apache-2.0

/**
 * How long after the switch nothing is said to a caller. A kubectl 1.30 begins to read before it has made the streams that
 * it reads into, and drops what there is no stream for yet: output, and how the command ended. An API server begins the
 * command after its 101; here that comes later, when the start is on record, and the command may have ended by then.
 */
export const FIRST_OUTPUT_MS = 50;

/** The first kubectl that makes its streams before it reads. @see https://github.com/kubernetes/kubernetes/pull/131203 */
const FIRST_READY_MINOR = 34;
/** As client-go writes it: the name of the program, its version, and what it runs on. */
const KUBECTL = /^kubectl(?:\.exe)?\/v1\.(\d{1,3})\.\d/;

/** How long that is for a caller that says of itself what it is: nothing for a kubectl that needs it not. */
export function firstOutputMs(userAgent: string | undefined): number {
  const [, minor] = KUBECTL.exec(userAgent ?? '') ?? [];
  return Number(minor ?? 0) >= FIRST_READY_MINOR ? 0 : FIRST_OUTPUT_MS;
}
