// SPDX-License-Identifier: Apache-2.0
import { type JsonValue, jsonAt, type Write } from '@countersign/kube';

/** What the API server deletes with an object whatever the request says of propagation, as an approver reads it. */
export function takenAlong({ request }: Write, live: JsonValue | undefined): readonly string[] {
  switch (`${request.group}/${request.resource}`) {
    case '/namespaces':
      return [
        'EVERYTHING IN THE NAMESPACE is deleted with it: workloads, Secrets, claims on volumes, all that is in it',
      ];
    case 'apiextensions.k8s.io/customresourcedefinitions':
      return [`EVERY ${kindOf(live)} of it, in all namespaces, is deleted with it`];
    default:
      return [];
  }
}

function kindOf(live: JsonValue | undefined): string {
  const [kind, plural, group] = [
    jsonAt(live, 'spec', 'names', 'kind'),
    jsonAt(live, 'spec', 'names', 'plural'),
    jsonAt(live, 'spec', 'group'),
  ];
  const isNamed = typeof kind === 'string' && typeof plural === 'string' && typeof group === 'string';
  return isNamed ? `${kind} (${plural}.${group})` : 'custom resource';
}
