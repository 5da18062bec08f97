import { DataError } from '../../contracts/errors.ts';
import type { WorkflowDefinition } from '../../contracts/workflow-definition.ts';
import type { ExpressionEvaluator } from '../../runtime/expressions-port.ts';
import type { Registry, RegistryWriter } from '../../runtime/ports.ts';
import { checkDefinition, checkExpressions } from '../../workflow/definition.ts';
import { requestDigest } from '../../workflow/run-identity.ts';

export interface WorkflowPorts {
  readonly registry: Pick<Registry, 'definition'>;
  readonly writer: Pick<RegistryWriter, 'registerDefinition'>;
  readonly expressions: Pick<ExpressionEvaluator, 'check'>;
}

/** The registry's answer may be a moment old; so many versions may have come since. */
const TRIES = 10;

/**
 * Registers a definition so that what was deployed last is the latest version.
 *
 * A version never changes its content, in any stage: requests that name one, and the audit, rely on it. But changed
 * content whose version was not raised is no error either: it becomes the next version. The number in code is the least
 * that a definition gets, not its identity. The reason: a deploy that CloudFormation rolls back registers the earlier
 * content again, and must make it the latest once more, which no number in code could do; and a deploy, which renews
 * agents and queues too, should not fail for a number. Runs in flight keep the copy that they began with.
 * @returns the definition with the version under which it is registered
 * @throws DataError when the definition is not sound
 */
export async function registerWorkflow(document: unknown, ports: WorkflowPorts): Promise<WorkflowDefinition> {
  const wanted = checkDefinition(document);
  await checkExpressions(wanted, (source) => ports.expressions.check(source));
  const latest = await ports.registry.definition(wanted.name);
  if (latest && latest.version >= wanted.version && contentOf(latest) === contentOf(wanted)) return latest;
  let version = Math.max(wanted.version, (latest?.version ?? 0) + 1);
  for (let tries = 1; ; tries++, version++) {
    try {
      const registered = { ...wanted, version };
      await ports.writer.registerDefinition(registered);
      return registered;
    } catch (error) {
      const taken = error instanceof DataError && error.code === 'definition_changed';
      if (!taken || tries === TRIES) throw error;
    }
  }
}

/** A definition's digest without its version. */
function contentOf(definition: WorkflowDefinition): string {
  return requestDigest(JSON.parse(JSON.stringify({ ...definition, version: 0 })));
}
