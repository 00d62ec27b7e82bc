// SPDX-License-Identifier: Apache-2.0
export type { LogRecord } from './record.ts';
