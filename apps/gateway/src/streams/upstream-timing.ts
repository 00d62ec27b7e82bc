// SPDX-License-Identifier: Apache-2.0

/** What clients give the API server for each stream. */
export const OPEN_TIMEOUT_MS = 30_000;
/** So that nothing between here and the API server takes the connection for idle: what clients do, too. */
export const PING_MS = 5_000;
