import type { JsonObject } from '../../lambdas/contracts/json.ts';
import { Home, runningCloud } from './home.ts';

export const DEMO_WORKFLOW = 'etl.flight-mart';

/** The demo's sources and target, as the local cloud serves them. */
export function flightMartInput(weatherUrl: string): JsonObject {
  return {
    sources: {
      flights: { kind: 'postgres', secret: 'etl-source-database', table: 'flights' },
      airports: { kind: 'csv', key: 'sources/airports.csv' },
      birdstrikes: { kind: 'csv', key: 'sources/birdstrikes.csv' },
      weather: { kind: 'rest', url: weatherUrl },
    },
    target: { prefix: 'marts/flights', postgres: { secret: 'etl-target-database', schema: 'mart' } },
  };
}

/** The input of a workflow that is run without one: the demo's for the demo, none for any other. */
export function demoInputOf(workflow: string, home = new Home()): JsonObject {
  const running = runningCloud(home);
  return workflow === DEMO_WORKFLOW && running ? flightMartInput(running.weatherUrl) : {};
}
