// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from 'node:crypto';
import { readBoundedFile } from '../config/bounded-file.ts';
import { readPassword } from '../config/password-file.ts';
import type { ReceiverConfig } from '../config/schema.ts';
import { receiverUrlProblem } from './receiver-url.ts';
import { webhookKey } from './standard-webhook.ts';

const MAX_CA_BYTES = 1024 * 1024;

/** Where a receiver is and what it knows us by; a problem names the file, and nothing of what is in it. */
export type Address =
  | { readonly kind: 'webhook'; readonly url: URL; readonly key: Buffer; readonly ca: string | undefined }
  | { readonly kind: 'slack'; readonly url: URL; readonly ca: string | undefined };

export type AddressReading = Address | { readonly problem: string; readonly key: 'secretFile' | 'urlFile' | 'caFile' };

async function readCa(
  file: string | undefined,
): Promise<{ readonly ca: string | undefined } | { readonly problem: string }> {
  if (file === undefined) return { ca: undefined };
  const reading = await readBoundedFile(file, MAX_CA_BYTES);
  if ('problem' in reading) return { problem: `${file} ${reading.problem}` };
  const ca = reading.bytes.toString('latin1');
  try {
    new X509Certificate(ca);
    return { ca };
  } catch {
    return { problem: `${file} holds no certificate in PEM` };
  }
}

async function readWebhook({ url, secretFile }: Extract<ReceiverConfig, { kind: 'webhook' }>, ca: string | undefined) {
  const secret = await readPassword(secretFile);
  if ('problem' in secret) return { problem: secret.problem, key: 'secretFile' } as const;
  const key = webhookKey(secret.password);
  return key === undefined
    ? ({ problem: `${secretFile} is not whsec_ and 24 to 64 bytes in base64`, key: 'secretFile' } as const)
    : ({ kind: 'webhook', url: new URL(url), key, ca } as const);
}

async function readSlack({ urlFile }: Extract<ReceiverConfig, { kind: 'slack' }>, ca: string | undefined) {
  const line = await readPassword(urlFile);
  if ('problem' in line) return { problem: line.problem, key: 'urlFile' } as const;
  const problem = receiverUrlProblem(line.password);
  return problem === undefined
    ? ({ kind: 'slack', url: new URL(line.password), ca } as const)
    : ({ problem: `what is in ${urlFile} ${problem}`, key: 'urlFile' } as const);
}

/** Reads the files of a receiver, anew each time: secrets are changed while gateways run. */
export async function readAddress(receiver: ReceiverConfig): Promise<AddressReading> {
  const ca = await readCa(receiver.caFile);
  if ('problem' in ca) return { problem: ca.problem, key: 'caFile' };
  return receiver.kind === 'webhook' ? readWebhook(receiver, ca.ca) : readSlack(receiver, ca.ca);
}
