// SPDX-License-Identifier: Apache-2.0

/** An approval as far as what makes it weighty goes. */
export interface WeighedLike {
  readonly action: string;
  readonly effect: { readonly omitted: number };
  /** Of a plan: its requests. */
  readonly members?: readonly WeighedLike[] | undefined;
}

const RIGHTS = new Set(
  ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map((one) => `${one}.rbac.authorization.k8s.io`),
);

const MACHINERY = new Set([
  'nodes',
  'customresourcedefinitions.apiextensions.k8s.io',
  'apiservices.apiregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
]);

/** As the gateway begins what changes nothing. */
const DRY_RUN = 'dry run of ';

const OF_VERB: Readonly<Record<string, string>> = {
  delete: 'It deletes: what is gone is not brought back by the gateway.',
  evict: 'It ends a pod, and its containers with it.',
  deletecollection: 'It deletes many objects at once.',
  exec: 'It runs a command in a running container: with stdin or a terminal also whatever is typed, which nobody sees before.',
  attach: 'It reaches what runs in a container: with stdin whatever is typed goes to that.',
  portforward: 'It opens a way to ports of a pod: what is said on them is not masked.',
};

function ofKind(kind: string): string | undefined {
  const [resource = '', subresource] = kind.split('/');
  if (resource === 'secrets') return 'It is about a Secret: you see that a value changes, not what it is.';
  if (resource === 'serviceaccounts' && subresource === 'token') return 'It makes a credential.';
  if (RIGHTS.has(resource)) return 'It changes what somebody may do in the cluster.';
  return MACHINERY.has(resource) ? 'It changes how the cluster itself works.' : undefined;
}

/** Where it reaches, of what stands behind verb and kind: a name, a namespace, both or neither. */
function ofPlace(rest: readonly string[]): string | undefined {
  const place = rest[0] === 'in' && rest.length === 3 ? rest : rest.slice(1);
  if (place.length === 0) return 'It is in no namespace: the whole cluster has it.';
  const isNamespace = place.length === 3 && place[0] === 'in' && place[1] === 'namespace';
  return isNamespace ? undefined : 'Its name has blanks in it: read it closely.';
}

function ofOmitted(omitted: number): string | undefined {
  if (omitted === 0) return undefined;
  return omitted === 1 ? 'One change is not shown whole.' : `${omitted} changes are not shown whole.`;
}

/**
 * What of a request somebody should weigh, each in a sentence: read from the action as the gateway writes it (verb, kind, name,
 * namespace) and from what is not shown. It is no score; that nothing is said means nothing.
 */
export function riskWords({ action, effect, members }: WeighedLike): readonly string[] {
  if (members !== undefined) return [...new Set(members.flatMap(riskWords))];
  if (action.startsWith(DRY_RUN)) return ['It is a dry run: it changes nothing.'];
  const [verb = '', kind = '', ...rest] = action.split(' ');
  return [OF_VERB[verb], ofKind(kind), ofPlace(rest), ofOmitted(effect.omitted)].filter((one) => one !== undefined);
}
