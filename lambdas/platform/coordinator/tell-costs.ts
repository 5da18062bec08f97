import { PRICES_AS_OF } from '../../contracts/model-prices.ts';
import { embeddedMetrics } from '../../runtime/metrics.ts';
import type { Effect } from '../../workflow/effects.ts';
import type { RunState } from '../../workflow/state.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';

/**
 * What the run has used of models and tools, as metrics, when it ends. Runs inside it are in its figures, and tell none of
 * their own: sums over all runs are what was spent.
 */
export function tellCosts(
  state: RunState,
  effects: readonly Effect[],
  { write }: Pick<CoordinatorPorts, 'write'>,
): void {
  const { usage, request, runId, definition, endedAt = 0 } = state;
  if (!usage || request.parent || !effects.some(({ type }) => type === 'publish_outcome')) return;
  const { usd, input_tokens, output_tokens, model_calls, tool_calls } = usage;
  const figures = { cost_per_run: usd, tokens_per_run: input_tokens + output_tokens, model_calls, tool_calls };
  const about = { message: 'run', run_id: runId, workflow: definition.name, tenant: request.tenant };
  const fields = { ...about, list_prices_as_of: PRICES_AS_OF };
  write(embeddedMetrics('coordinator', endedAt, figures, fields));
}
