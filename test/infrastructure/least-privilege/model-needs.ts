import type { Manifest } from '../../../lambdas/contracts/manifest.ts';
import type { Config } from '../../../lib/config.ts';
import { readsSecret, shortArn, under } from './words.ts';

type Model = Config['models'][string];

/** The models that an agent names, and what they fall back to. */
function reached({ uses }: Manifest, { models }: Config): Array<readonly [string, Model]> {
  const found = new Map<string, Model>();
  for (const wanted of uses.models)
    for (let name: string | undefined = wanted; name !== undefined && !found.has(name); ) {
      const model: Model | undefined = models[name];
      if (!model) break;
      found.set(name, model);
      name = model.fallback;
    }
  return [...found];
}

/** Calling the models that a manifest names, reading the keys for them, and taking a place where places are counted. */
export function modelNeeds(manifest: Manifest, config: Config): string[] {
  const models = reached(manifest, config);
  if (models.length === 0) return [];
  const places = models.flatMap(([name, { maxConcurrent }]) =>
    maxConcurrent === undefined ? [] : `LEASE#model/${name}`,
  );
  return [
    `dynamodb:GetItem on StoresLedger when ${under(`${manifest.name}#cache`)}`,
    ...models.flatMap(([, model]) =>
      model.provider === 'bedrock'
        ? arnsOf(model).map((arn) => `bedrock:InvokeModel InvokeModelWithResponseStream on ${arn}`)
        : model.secret === undefined
          ? []
          : [readsSecret(model.secret)],
    ),
    ...(places.length > 0 ? [`dynamodb:PutItem DeleteItem Query on StoresBudgets when ${under(...places)}`] : []),
  ];
}

/** A model; or a profile, and the model behind it in each region that calls may go to. */
function arnsOf({ id, regions }: Extract<Model, { provider: 'bedrock' }>): string[] {
  if (id.startsWith('arn:')) return [shortArn(id)];
  if (!regions) return [`arn:bedrock:REGION::foundation-model/${id}`];
  const behind = id.replace(/^[a-z-]+\./, '');
  // A global profile is asked for in no region at all, too.
  const places = [...regions, ...(id.startsWith('global.') ? [''] : [])];
  return [
    `arn:bedrock:REGION:ACCOUNT:inference-profile/${id}`,
    ...places.map((place) => `arn:bedrock:${place}::foundation-model/${behind}`),
  ];
}
