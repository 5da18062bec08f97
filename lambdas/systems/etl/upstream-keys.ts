import type { Json } from '../../contracts/json.ts';
import { runFiles } from './run-files.ts';
import { ExtractResult, TransformResult } from './task-shapes.ts';

/** Where the files lie that a task works on: what made them says so, and in a fork that may have been another run. */
export function keysOf(runId: string, upstream: Readonly<Record<string, Json>>) {
  const own = runFiles(runId);
  const results = Object.values(upstream);
  const extracts = results.flatMap((result) => ExtractResult.safeParse(result).data ?? []);
  const transforms = results.flatMap((result) => TransformResult.safeParse(result).data ?? []);
  return {
    extracted: (source: string): string =>
      extracts.find((done) => done.source === source)?.key ?? own.extracted(source),
    transformed: (table: string): string =>
      transforms.find((done) => done.table === table)?.key ?? own.transformed(table),
  };
}
