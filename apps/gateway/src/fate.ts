// SPDX-License-Identifier: Apache-2.0

/**
 * What became of a request that no answer came back for. `failed`: the API server certainly did not carry it out. `done in
 * part`: of several objects some are done, and the others certainly not.
 */
export type Fate = 'not sent' | 'failed' | 'done in part' | 'unknown';
