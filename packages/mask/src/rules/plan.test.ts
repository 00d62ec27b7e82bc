// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestFor } from '../fixtures/run-masker.ts';
import { maskingFor } from './plan.ts';

const rulesFor = (resource: string, more: object = {}) =>
  maskingFor({ ...requestFor('get', resource), ...more })?.rules;

describe('maskingFor', () => {
  it('has a plan for every resource, and for nothing else', () => {
    for (const resource of ['/pods', 'apps/deployments', 'example.org/widgets', 'metrics.k8s.io/pods', '/Secrets']) {
      assert.notEqual(rulesFor(resource), undefined);
    }
    const path = { kind: 'non-resource', path: '/api/v1/secrets', verb: 'get', method: 'GET', segments: [], query: [] };
    assert.equal(maskingFor(path as unknown as Parameters<typeof maskingFor>[0]), undefined);
  });

  it('goes by group and resource, whatever the version, the subresource and the object', () => {
    const secrets = rulesFor('/secrets');
    for (const change of [{ version: 'v2' }, { subresource: 'status' }, { namespace: '' }, { name: 'x' }]) {
      assert.equal(rulesFor('/secrets', change), secrets);
    }
    assert.equal(secrets?.isStrict, true);
    for (const resource of ['example.org/secrets', '/Secrets', '/configmaps', 'apps/secrets']) {
      assert.equal(rulesFor(resource)?.isStrict, false, resource);
    }
  });

  it('takes what it does not know for a custom resource', () => {
    const custom = rulesFor('example.org/widgets');
    for (const resource of ['apps/widgets', 'extensions/deployments', '/Pods', 'gateway.networking.k8s.io/gateways']) {
      assert.equal(rulesFor(resource), custom, resource);
    }
    assert.notEqual(rulesFor('apps/deployments'), custom);
  });
});
