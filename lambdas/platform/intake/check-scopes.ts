import { DataError } from '../../contracts/errors.ts';
import type { WorkflowDefinition } from '../../contracts/workflow-definition.ts';

/**
 * A limit that all tenants share may only be set by those who deploy: else any request could slow down everybody.
 * @throws DataError `shared_limit`
 */
export function checkScopes({ tasks, admission }: WorkflowDefinition): void {
  const all = [
    { place: 'admission.limits', limits: admission?.limits ?? [] },
    ...tasks.map(({ limits = [] }, index) => ({ place: `tasks.${index}.limits`, limits })),
  ];
  for (const { place, limits } of all) {
    const position = limits.findIndex(({ scope }) => scope === 'platform');
    if (position < 0) continue;
    const reason =
      'a definition that comes with a request may not share a limit with other tenants; leave "scope" out, or register the workflow';
    throw new DataError('shared_limit', reason, { field: `${place}.${position}.scope` });
  }
}
