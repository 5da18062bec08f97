import { DEMO_WORKFLOW, flightMartInput } from '../local/demo-input.ts';
import { martSummary } from '../views/mart-summary.ts';
import type { Demo } from './demo.ts';

/** Flights, airports, bird strikes and weather of npm's vega-datasets into a star schema. */
export const demo: Demo = {
  name: 'etl',
  system: 'etl',
  description: 'five agents extract, transform, check and load a data mart, row by row accounted for',
  async play(stage) {
    const weatherUrl = stage.setting('weatherUrl');
    stage.heading(
      weatherUrl ? 'PostgreSQL, two CSV files and a REST API into one mart' : 'four CSV files into one mart',
    );
    const run = await stage.run(DEMO_WORKFLOW, weatherUrl ? flightMartInput(weatherUrl) : {});
    if (run.result === undefined) return false;
    stage.heading('what came out');
    stage.say(martSummary(run.result));
    return run.status === 'completed';
  },
};
