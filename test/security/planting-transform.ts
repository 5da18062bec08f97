import swc from '@swc/jest';
import * as z from 'zod';
import { PLANTED, sourceWith } from './planting.ts';

type Options = Parameters<typeof swc.createTransformer>[0];
type Transformer = ReturnType<typeof swc.createTransformer>;

const Planted = z.object({ id: z.string(), file: z.string(), find: z.string(), replace: z.string() });

/** What jest makes of TypeScript elsewhere, but for the one file that the environment says to change. */
export function createTransformer(options: Options): Transformer {
  const inner = swc.createTransformer(options);
  const { process: transform, processAsync, getCacheKey } = inner;
  if (!transform || !processAsync || !getCacheKey) throw new Error('@swc/jest transforms otherwise than it did');
  const planted = Planted.parse(JSON.parse(process.env[PLANTED] ?? ''));
  return {
    ...inner,
    process: (source, path, given) => transform(sourceWith(planted, path, source), path, given),
    processAsync: (source, path, given) => processAsync(sourceWith(planted, path, source), path, given),
    getCacheKey: (source, path, given) => getCacheKey(sourceWith(planted, path, source), path, given),
  };
}
