// SPDX-License-Identifier: Apache-2.0
import { gunzipSync } from 'node:zlib';
import type { Lab } from '@countersign/lab';

const RESOURCES = [
  'api/v1/configmaps',
  'api/v1/pods',
  'api/v1/resourcequotas',
  'api/v1/secrets',
  'api/v1/serviceaccounts',
  'api/v1/services',
  'apis/apps/v1/deployments',
  'apis/autoscaling/v2/horizontalpodautoscalers',
  'apis/batch/v1/cronjobs',
  'apis/batch/v1/jobs',
  'apis/networking.k8s.io/v1/ingresses',
  'apis/policy/v1/poddisruptionbudgets',
  'apis/rbac.authorization.k8s.io/v1/rolebindings',
  'apis/rbac.authorization.k8s.io/v1/roles',
];
/** Added by a controller, at a time of its own. */
const REVISION = 'deployment.kubernetes.io/revision';

// biome-ignore lint/suspicious/noExplicitAny: any object of any kind of the API
type Item = any;

/** Objects that have an owner were made by its controller. */
function isOfTheRow({ metadata }: Item): boolean {
  return metadata.ownerReferences === undefined;
}

interface Managed {
  readonly manager: string;
  readonly operation: string;
}

/**
 * What a row left behind, as the administrator sees it: which fields were written and by which manager, without what
 * controllers write and make in their own time.
 */
export async function endState({ admin }: Lab, namespace: string): Promise<string> {
  const lists = await Promise.all(
    RESOURCES.map(async (resource) => {
      const [, prefix, name] = /^(.*)\/(\w+)$/.exec(resource) ?? [];
      const { body } = await admin.request('GET', `/${prefix}/namespaces/${namespace}/${name}`);
      return [name, (body.items as Item[]).filter(isOfTheRow).map(withReadableRelease).map(settled)];
    }),
  );
  return JSON.stringify(Object.fromEntries(lists), null, 1);
}

/** A release of helm as the JSON that it is: gzip gives other bytes for other times. */
function withReadableRelease(object: Item): Item {
  if (object.type !== 'helm.sh/release.v1') return object;
  const packed = Buffer.from(Buffer.from(object.data.release, 'base64').toString(), 'base64');
  return { ...object, data: { release: JSON.parse(gunzipSync(packed).toString()) } };
}

function settled({ status: _, ...object }: Item): object {
  const { annotations = {}, managedFields = [], resourceVersion: _rv, ...metadata } = object.metadata;
  const { [REVISION]: _revision, ...kept } = annotations;
  const written = (managedFields as Managed[])
    .filter(({ manager }) => manager !== 'kube-controller-manager')
    .toSorted((a, b) => (a.manager + a.operation < b.manager + b.operation ? -1 : 1));
  return { ...object, metadata: { ...metadata, annotations: kept, managedFields: written } };
}
