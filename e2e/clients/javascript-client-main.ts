// SPDX-License-Identifier: Apache-2.0
// Does what programs do that are made with the JavaScript client, and prints what it sees.
import { parseArgs } from 'node:util';
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1Secret,
  Watch,
} from '@kubernetes/client-node';
import { executed, forwarded } from './javascript-streams.ts';

const { values, positionals } = parseArgs({ options: { namespace: { type: 'string' } }, allowPositionals: true });
const namespace = values.namespace ?? 'default';
const config = new KubeConfig();
config.loadFromDefault();

function show(what: string, value: unknown): void {
  process.stdout.write(`${what}: ${JSON.stringify(value, null, 1)}\n`);
}

/** What a call that must fail was answered. */
async function refusal(call: Promise<unknown>): Promise<number> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiException) return error.code;
    throw error;
  }
  throw new TypeError('the call did not fail');
}

async function typed(): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const body = { metadata: { name: 'typed' }, data: { a: 'ü' } };
  const made = await core.createNamespacedConfigMap({ namespace, body });
  show('created', made);
  show('created twice', await refusal(core.createNamespacedConfigMap({ namespace, body })));
  const replaced = await core.replaceNamespacedConfigMap({
    namespace,
    name: 'typed',
    body: { ...made, data: { a: 'b' } },
  });
  show('replaced', replaced);
  show('a conflict', await refusal(core.replaceNamespacedConfigMap({ namespace, name: 'typed', body: made })));
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  show('patched', await core.patchNamespacedConfigMap({ namespace, name: 'typed', body: { data: { c: '1' } } }, merge));
  show('deleted', await core.deleteNamespacedConfigMap({ namespace, name: 'typed' }));
  show('not found', await refusal(core.readNamespacedConfigMap({ namespace, name: 'typed' })));
  show('secrets', await core.listNamespacedSecret({ namespace }));
  const apps = config.makeApiClient(AppsV1Api);
  show('scale', await apps.readNamespacedDeploymentScale({ namespace, name: 'shop' }));
}

async function objects(): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(config);
  const wanted = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'object', namespace }, data: { a: '1' } };
  show('created', await api.create(wanted));
  show('read', await api.read({ ...wanted, metadata: { name: 'object', namespace } }));
  show('deleted', await api.delete(wanted));
}

async function watched(): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const watch = await new Watch(config).watch(
    path,
    { fieldSelector: 'metadata.name=watched' },
    (phase, object) => {
      show(phase, object);
      if (phase === 'DELETED') resolve();
    },
    (error) => reject(error instanceof Error ? error : new TypeError('the watch ended early')),
  );
  await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'watched' } } });
  await core.deleteNamespacedConfigMap({ namespace, name: 'watched' });
  await promise;
  watch.abort();
}

/** Keeps what is there in step, until it has seen a change. */
async function informed(): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  const informer = makeInformer(config, path, () => core.listNamespacedSecret({ namespace }));
  const { promise, resolve, reject } = Promise.withResolvers<V1Secret>();
  informer.on('error', reject);
  informer.on('update', resolve);
  await informer.start();
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const body = { metadata: { labels: { seen: 'yes' } } };
  await core.patchNamespacedSecret({ namespace, name: 'database', body }, merge);
  show('changed', await promise);
  show('held', informer.list());
  await informer.stop();
}

/** Fetches all that a namespace has of some kinds, in every way that the client has. */
async function fetched(): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  show('secrets', await core.listNamespacedSecret({ namespace }));
  show('configmaps', await core.listNamespacedConfigMap({ namespace }));
  show('pods', await core.listNamespacedPod({ namespace }));
  show('events', await core.listNamespacedEvent({ namespace }));
  show('deployments', await apps.listNamespacedDeployment({ namespace }));
  show('one', await core.readNamespacedSecret({ namespace, name: 'keys' }));
  const custom = { group: 'shop.example.com', version: 'v1', namespace, plural: 'widgets' };
  show('widgets', await config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject(custom));
  const objects = KubernetesObjectApi.makeApiClient(config);
  show('any', await objects.list('apps/v1', 'ReplicaSet', namespace));
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  const informer = makeInformer(config, path, () => core.listNamespacedSecret({ namespace }));
  await informer.start();
  show('held', informer.list());
  await informer.stop();
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const watch = await new Watch(config).watch(path, {}, (_, object) => resolve(object), reject);
  show('watched', await promise);
  watch.abort();
}

const work: Readonly<Record<string, () => Promise<void>>> = {
  ...{ typed, objects, watched, informed, fetched },
  exec: () => executed(config, namespace, show),
  forward: () => forwarded(config, namespace, show),
};
await work[positionals[0] ?? '']?.();
