// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import { code, count, leaf, name } from './parts.ts';

const notification = {
  notification: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/)
    .describe('Its id, by which its receiver knows it again'),
  kind: code.describe('What it tells'),
  receiver: name,
  attempts: count,
} as const;

export const notificationSent = leaf('notification.sent', notification);
export const notificationGivenUp = leaf('notification.given-up', { ...notification, reason: code });
