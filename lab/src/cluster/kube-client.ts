// SPDX-License-Identifier: Apache-2.0
import { Agent, request } from 'node:https';
import type { Manifest } from '@countersign/wire';
import { LabError } from '../lab-error.ts';
import type { KeyPair } from '../pki.ts';

const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** An answer of the API server, its body decoded. */
export interface KubeAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: any object of any kind of the API
  readonly body: any;
}

/** The lab's own administrator at the API server: small JSON requests, no streams. */
export interface KubeClient {
  /** Sends one request; any status is an answer. Bodies of answers are limited to 64 MiB, each request to 20 s. */
  request(method: string, path: string, body?: object, contentType?: string): Promise<KubeAnswer>;
  /**
   * Server-side apply of each object, in order.
   * @throws LabError `ERR_LAB_API` with the API server's own message if one is refused
   */
  apply(manifests: readonly Manifest[]): Promise<void>;
  close(): void;
}

/** A client that authenticates with a certificate of the lab's authority. */
export function createKubeClient(options: { server: string; ca: string; identity: KeyPair }): KubeClient {
  const { certificate: cert, key } = options.identity;
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca: options.ca, cert, key });
  const send: KubeClient['request'] = (method, path, body, contentType = 'application/json') =>
    new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const headers = payload ? { 'content-type': contentType, 'content-length': payload.length } : {};
      const outgoing = request(
        new URL(path, options.server),
        { method, agent, headers, timeout: TIMEOUT_MS },
        (incoming) => {
          const chunks: Buffer[] = [];
          let size = 0;
          incoming.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > MAX_ANSWER_BYTES)
              outgoing.destroy(new LabError('ERR_LAB_API', `${path}: the answer is too large`));
            else chunks.push(chunk);
          });
          incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: decode(Buffer.concat(chunks)) }));
          incoming.on('error', reject);
        },
      );
      outgoing.on('timeout', () =>
        outgoing.destroy(new LabError('ERR_LAB_API', `${method} ${path}: no answer in time`)),
      );
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
  return {
    request: send,
    apply: async (manifests) => {
      for (const manifest of manifests) await applyOne(send, manifest);
    },
    close: () => agent.destroy(),
  };
}

/** Where one object lives: the built-in kinds have their lower-case name with an "s" as resource. */
export function manifestPath(manifest: Manifest): string {
  const { apiVersion, kind, metadata } = manifest;
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = metadata.namespace ? `/namespaces/${metadata.namespace}` : '';
  return `${group}${namespace}/${kind.toLowerCase()}s/${metadata.name}`;
}

async function applyOne(send: KubeClient['request'], manifest: Manifest): Promise<void> {
  const path = `${manifestPath(manifest)}?fieldManager=countersign-lab&force=true`;
  const { status, body } = await send('PATCH', path, manifest, 'application/apply-patch+yaml');
  if (status >= 300) {
    throw new LabError('ERR_LAB_API', `${manifest.kind} ${manifest.metadata.name}: ${status} ${body?.message ?? ''}`);
  }
}

function decode(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
