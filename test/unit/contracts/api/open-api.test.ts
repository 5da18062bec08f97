import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ACCESS } from '../../../../lambdas/contracts/access.ts';
import { openApiDocument } from '../../../../lambdas/contracts/api/open-api.ts';
import type { ApiRoute } from '../../../../lambdas/contracts/api/route.ts';
import { ROUTES } from '../../../../lambdas/contracts/api/routes.ts';

const routes = Object.entries<ApiRoute>(ROUTES);

describe('the routes of the API', () => {
  test('each ask for a permission that the table of roles knows', () => {
    for (const [operation, { access }] of routes) {
      if (access === 'public') continue;
      expect([
        operation,
        ACCESS.some(({ resource, action }) => resource === access.resource && action === access.action),
      ]).toEqual([operation, true]);
    }
  });

  test('are public where they describe the platform, and nowhere else', () => {
    const open = routes.flatMap(([operation, { access }]) => (access === 'public' ? [operation] : []));
    expect(open.sort()).toEqual(['getAsyncApi', 'getHealth', 'getJwks', 'getOpenApi']);
  });

  test('each have a path of their own, whose names are fields of its parameters', () => {
    expect(new Set(routes.map(([, { method, path }]) => `${method} ${path.replaceAll(/\{\w+\}/g, '*')}`)).size).toBe(
      routes.length,
    );
    for (const [operation, { path, params }] of routes) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect([operation, Object.keys(params?.shape ?? {}).sort()]).toEqual([operation, named.sort()]);
    }
  });

  test('take no tenant and no role in a body or a query', () => {
    for (const [operation, { body, query }] of routes) {
      const names = [...Object.keys(query?.shape ?? {})];
      expect([operation, names.filter((name) => ['tenant', 'role', 'roles', 'requested_by'].includes(name))]).toEqual([
        operation,
        [],
      ]);
      if (!body) continue;
      const said = body.safeParse({ tenant: 'other', roles: ['admin'], requested_by: 'root' });
      expect([operation, said.success]).toEqual([operation, false]);
    }
  });
});

describe('the OpenAPI document', () => {
  test('is the one in docs/openapi.json; npm run docs writes it', () => {
    const written = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
    expect(written).toEqual(openApiDocument());
  });

  test('leads every reference to something', () => {
    const document = openApiDocument();
    const found = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
    expect(found.length).toBeGreaterThan(50);
    for (const path of new Set(found)) {
      const target = path.split('/').reduce<unknown>((value, name) => Object(value)[name], document);
      expect([path, target !== undefined]).toEqual([path, true]);
    }
  });
});
