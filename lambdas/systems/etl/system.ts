import type { System } from '../../contracts/system.ts';
import { manifest as extractor } from './agents/extractor/manifest.ts';
import { manifest as loader } from './agents/loader/manifest.ts';
import { manifest as orchestrator } from './agents/orchestrator/manifest.ts';
import { manifest as transformer } from './agents/transformer/manifest.ts';
import { manifest as validator } from './agents/validator/manifest.ts';
import { flightMart } from './workflows/flight-mart.ts';
import { pipeline } from './workflows/pipeline.ts';

/** Agents that move data from databases, files and APIs into checked, queryable marts. */
export const ETL: System = {
  name: 'etl',
  agents: [orchestrator, extractor, transformer, validator, loader],
  workflows: [flightMart, pipeline],
  channels: [],
};
