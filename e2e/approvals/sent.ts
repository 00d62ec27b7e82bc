// SPDX-License-Identifier: Apache-2.0
import type { Installation } from '../installation.ts';

const CALLERS = 50;

/** What a crowd sends, as kubectl does: a change of an object that is there, or its deletion, or what makes one. */
export interface Sent {
  readonly verb: 'patch' | 'create' | 'delete';
  readonly isMade: boolean;
  readonly callers: number;
  /** What follows the path of all ConfigMaps. */
  readonly place: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  /** What the API server answers where it does it. */
  readonly status: number;
  /** Whether the API server refuses it once it is done. */
  readonly isOnce: boolean;
  /** What the same request is told once it is known to be done: it asks anew, or the API server's own no. */
  readonly afterwards: { readonly code: string; readonly text: RegExp };
  /** The command that sends the same. */
  readonly kubectl: (site: Installation) => Promise<readonly string[]>;
}

const ASKS_ANEW = { code: 'ERR_APPROVAL_REQUIRED', text: /approval [0-9a-f-]+ waits/ };

export function changing(name: string): Sent {
  const headers = { 'content-type': 'application/merge-patch+json' };
  const body = { data: { tone: name } };
  return {
    ...{ verb: 'patch', isMade: false, callers: CALLERS, place: `/${name}?fieldManager=kubectl-patch`, headers, body },
    ...{ status: 200, isOnce: false, afterwards: ASKS_ANEW },
    kubectl: async () => ['patch', 'configmap', name, '--type=merge', `--patch=${JSON.stringify(body)}`],
  };
}

const objectOf = (name: string) => ({
  apiVersion: 'v1',
  data: { tone: name },
  kind: 'ConfigMap',
  metadata: { name, namespace: 'demo' },
});

export function creating(name: string): Sent {
  const headers = { 'content-type': 'application/json' };
  const body = objectOf(name);
  const place = '?fieldManager=kubectl-create&fieldValidation=Strict';
  const afterwards = { code: 'ERR_EFFECT_REFUSED', text: /already exists/ };
  return {
    ...{ verb: 'create', isMade: true, callers: CALLERS, place, headers, body, status: 201, isOnce: true, afterwards },
    kubectl: async (site) => ['create', `--filename=${await site.file(`${name}.json`, body)}`],
  };
}

export function deleting(name: string): Sent {
  const headers = { 'content-type': 'application/json' };
  const body = { propagationPolicy: 'Background' };
  const afterwards = { code: 'ERR_EFFECT_REFUSED', text: /not found/ };
  return {
    ...{
      verb: 'delete',
      isMade: false,
      callers: CALLERS,
      place: `/${name}`,
      headers,
      body,
      status: 200,
      isOnce: true,
      afterwards,
    },
    kubectl: async () => ['delete', 'configmap', name, '--wait=false'],
  };
}

/** A server-side apply of what isn't there: few, as it is about what it is once it has been made. */
export function making(name: string): Sent {
  const headers = { 'content-type': 'application/apply-patch+yaml' };
  const body = objectOf(name);
  const place = `/${name}?fieldManager=worker&fieldValidation=Strict&force=false`;
  return {
    ...{
      verb: 'patch',
      isMade: true,
      callers: 4,
      place,
      headers,
      body,
      status: 201,
      isOnce: false,
      afterwards: ASKS_ANEW,
    },
    kubectl: async (site) => [
      ...['apply', '--server-side', '--field-manager=worker'],
      `--filename=${await site.file(`${name}.json`, body)}`,
    ],
  };
}
