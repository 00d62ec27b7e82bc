// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasSideEffects, laneOf } from './lane.ts';
import { parseRequest } from './parse-request.ts';

const lanes = {
  discovery: [
    'GET /version',
    'GET /version/',
    'GET /api',
    'GET /apis/',
    'GET /api/v1',
    'GET /apis/apps',
    'GET /apis/apps/v1/',
    'GET /openapi/v2',
    'GET /openapi/v3',
    'GET /openapi/v3/apis/apps/v1?hash=AB',
    'GET /livez?verbose=true&exclude=etcd&exclude=ping',
    'GET /readyz',
    'GET /healthz',
  ],
  read: [
    'GET /api/v1/pods?limit=500',
    'GET /api/v1/namespaces/a/secrets/x?includeObject=Object',
    'GET /apis/apps/v1/namespaces/a/deployments/x/scale',
  ],
  watch: ['GET /api/v1/pods?watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan'],
  logs: ['GET /api/v1/namespaces/a/pods/x/log?container=c&follow=true&sinceTime=2026-01-02T03:04:05Z'],
  write: [
    'POST /api/v1/namespaces/a/pods?dryRun=All&fieldManager=kubectl-create&fieldValidation=Strict',
    'PATCH /apis/apps/v1/namespaces/a/deployments/x?fieldManager=m&force=true',
    'PUT /api/v1/namespaces/a/finalize',
    'DELETE /api/v1/namespaces/a/pods?labelSelector=a%3Db&propagationPolicy=Background',
    'POST /api/v1/namespaces/a/serviceaccounts/s/token',
    'POST /api/v1/namespaces/a/pods/x/eviction',
    'PUT /apis/certificates.k8s.io/v1/certificatesigningrequests/x/approval',
  ],
  exec: [
    'GET /api/v1/namespaces/a/pods/x/exec?command=sh&command=-c&command=a%3Bb&stdin=true&tty=true',
    'POST /api/v1/namespaces/a/pods/x/attach?stdout=true',
  ],
  portforward: ['POST /api/v1/namespaces/a/pods/x/portforward', 'GET /api/v1/namespaces/a/pods/x/portforward?ports=80'],
  review: [
    'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
    'POST /apis/authentication.k8s.io/v1/selfsubjectreviews',
  ],
  none: [
    'GET /',
    'GET /metrics',
    'GET /logs/',
    'GET /debug/pprof/profile',
    'GET /livez/etcd',
    'GET /openid/v1/jwks',
    'GET /openapi/v1',
    'GET /API',
    'POST /version',
    'DELETE /apis/apps/v1',
    'GET /api/v1/namespaces/a/pods/x/proxy/a',
    'POST /api/v1/nodes/n/proxy/run/a/b/c',
    'GET /api/v1/namespaces/a/services/s/proxy',
    'GET /api/v1/namespaces/a/pods/x/log/y',
    'GET /apis/apps/v1/namespaces/a/deployments/x/exec',
    'PUT /api/v1/namespaces/a/pods/x/exec',
    'POST /api/v1/namespaces/a/pods/x/token',
    'PATCH /api/v1/namespaces/a/pods/x/eviction',
    'GET /api/v1/nodes/n/log',
    'GET /api/v1/nodes/n/constructor',
    'GET /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    'POST /apis/authorization.k8s.io/v1/namespaces/a/selfsubjectaccessreviews',
    'DELETE /apis/authentication.k8s.io/v1/selfsubjectreviews/x',
  ],
};

for (const [lane, requests] of Object.entries(lanes)) {
  for (const line of requests) {
    test(`${line} is ${lane}`, () => {
      const [method = '', target = ''] = line.split(' ');
      const request = parseRequest(method, target);
      assert.equal(laneOf(request) ?? 'none', lane);
      assert.equal(hasSideEffects(request), ['write', 'exec', 'portforward', 'none'].includes(lane));
    });
  }
}
