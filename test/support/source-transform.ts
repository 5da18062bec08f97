import swc from '@swc/jest';

type Options = Parameters<typeof swc.createTransformer>[0];
type Process = NonNullable<ReturnType<typeof swc.createTransformer>['process']>;

const TEXT_IMPORT = / with \{ type: 'text' \}/g;

/**
 * For jest: sources by swc, which keeps the `type` of JSON imports as jest wants to see it. That of text imports it may not see:
 * to jest they are modules, which `text-transform.ts` makes of them.
 */
export function createTransformer(options: Options) {
  const transformer = swc.createTransformer(options);
  if (!('process' in transformer) || !transformer.process) throw new Error('swc transforms nothing synchronously');
  const { process } = transformer;
  const { processAsync: _, ...rest } = transformer;
  return {
    ...rest,
    process: (...[text, path, jest]: Parameters<Process>) => process(text.replace(TEXT_IMPORT, ''), path, jest),
  };
}
