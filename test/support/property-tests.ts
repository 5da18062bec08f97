import { configureGlobal } from 'fast-check';

// The same examples on every run, so that a red build is about the change; `FC_SEED=$RANDOM npm run test:unit` looks further.
configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_121) });
