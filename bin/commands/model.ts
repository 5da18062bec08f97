import { once } from 'node:events';
import { LOCAL_MODEL_PORT } from '../../lib/local-model.ts';
import { CliError } from '../cli-error.ts';
import { Home } from '../local/home.ts';
import { LOCAL_MODEL, modelEndpoint } from '../local/model/endpoint.ts';
import { ensureModelFiles } from '../local/model/files.ts';
import { loadSmallModel } from '../local/model/small-model.ts';
import { StopSignals } from '../local/stop-signals.ts';
import { paint } from '../views/text.ts';
import { print } from './options.ts';

/** `muster model`: a small real model behind an OpenAI-compatible endpoint on this machine, until Ctrl-C. */
export async function model(options: { port?: string }): Promise<void> {
  const port = options.port === undefined ? LOCAL_MODEL_PORT : Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new CliError(`"${options.port}" is not a port`);
  const stop = new StopSignals();
  const files = await ensureModelFiles(new Home(), (line) => print(paint.dim(line)), stop.signal);
  const server = modelEndpoint(await loadSmallModel(files));
  server.listen(port, '127.0.0.1');
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => {
      throw new CliError(`port ${port} can't be used: ${error.message}`, 'end what uses it, or name another: --port');
    }),
  ]);
  const address = server.address();
  const used = typeof address === 'object' && address ? address.port : port;
  print(`${paint.bold(LOCAL_MODEL)} answers at http://127.0.0.1:${used}/v1 until Ctrl-C`);
  if (used !== LOCAL_MODEL_PORT)
    print(paint.dim(`the stage "local" looks for it on port ${LOCAL_MODEL_PORT}: set MUSTER_MODELS to name this one`));
  await stop.received();
  server.closeAllConnections();
  server.close();
  process.exit(0);
}
