// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engine } from './policy-fixture.ts';

const table: [condition: string, reads: readonly string[]][] = [
  ['resource.name == "a"', ['name']],
  ['context has source && context.source.isLoopback()', ['source']],
  ['context has object.labels && context.object.labels.isEmpty()', ['labels', 'object']],
  ['resource["name"] like "a*"', ['name']],
  ['resource is Resource', []],
  ['resource is Resource in Namespace::"a"', []],
  ['resource in Cluster::"a"', []],
  ['resource in [Cluster::"a", Namespace::"b"]', []],
  ['principal in Group::"a" && action in Action::"read"', []],
  ['principal.owner == Human::"a"', ['owner']],
  ['resource == Resource::"/api/v1/pods"', ['*']],
  ['resource in Resource::"/api/v1/pods"', ['*']],
  ['resource is Resource in Resource::"/api/v1/pods"', ['*']],
  ['[resource].contains(resource)', ['*']],
  ['{ "Var": resource, "Value": 1 } == { "Var": resource, "Value": 1 }', ['*']],
  ['{ left: context, attr: 1 } == { left: context, attr: 1 }', ['*']],
  ['(if principal in Group::"a" then resource else resource).name == "a"', ['*', 'name']],
  ['context == context', ['*']],
];

for (const [condition, reads] of table) {
  test(`${condition} looks at ${reads.join(', ') || 'nothing that sets requests apart'}`, () => {
    const parsed = engine.parse(`permit (principal, action, resource) when { ${condition} };`);
    assert.ok(parsed.ok);
    assert.deepEqual([...(parsed.policies[0]?.reads ?? [])].sort(), reads);
  });
}

test('a head may name one resource, or the place it is in', () => {
  for (const [head, reads] of [
    ['resource == Resource::"/api/v1/pods"', ['*']],
    ['resource in Resource::"/api/v1/pods"', ['*']],
    ['resource in Namespace::"a"', []],
    ['resource is Resource in Path::"/x"', ['*']],
    ['resource is Resource', []],
  ] as const) {
    const parsed = engine.parse(`permit (principal, action, ${head});`);
    assert.ok(parsed.ok);
    assert.deepEqual([...(parsed.policies[0]?.reads ?? [])], reads, head);
  }
});
