import { join } from 'node:path';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import pg from 'pg';
import {
  FLIGHTS_DDL,
  flightRows,
  insertFlights,
  sourceObjects,
  type WeatherItem,
  weatherItems,
} from '../../lambdas/systems/etl/demo-data.ts';
import { LOCAL_STAGE, localSettings, outputsOf, stacksOf } from '../cloud/target.ts';
import { putSecret } from './deployment-record.ts';
import { PROJECT } from './home.ts';
import { Kept } from './phases.ts';
import type { Postgres } from './postgres.ts';

/** The data files of the npm package that the demo's data comes from. */
function dataFolder(): string {
  return join(PROJECT, 'node_modules', 'vega-datasets', 'data');
}

/** What the REST source serves. */
export function demoWeather(): Promise<WeatherItem[]> {
  return weatherItems(dataFolder());
}

/** Loads the flights into the source database, in one transaction, unless they are there. */
export async function seedSource(url: string): Promise<Kept<void> | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(FLIGHTS_DDL);
    const rows = await flightRows(dataFolder());
    const there = await client.query<{ count: string }>('select count(*) from flights');
    if (Number(there.rows[0]?.count) === rows.length) return new Kept(undefined, `${rows.length} flights are there`);
    const { text, values } = insertFlights(rows);
    await client.query('begin');
    await client.query('truncate flights');
    await client.query(text, values);
    await client.query('commit');
    return undefined;
  } finally {
    await client.end();
  }
}

/** Puts the connection URLs where the agents look for them. */
export async function seedSecrets(endpoint: string, postgres: Pick<Postgres, 'url'>): Promise<void> {
  await putSecret(endpoint, 'muster/local/etl-source-database', postgres.url('source'));
  await putSecret(endpoint, 'muster/local/etl-target-database', postgres.url('target'));
}

/** Puts the CSV files into the data bucket of the local cloud. */
export async function seedBuckets(endpoint: string): Promise<void> {
  const settings = localSettings(endpoint);
  const bucket = outputsOf(await stacksOf(settings, LOCAL_STAGE)).EtlDataBucketName;
  if (!bucket) return;
  const s3 = new S3Client(settings);
  try {
    await seedBucket(s3, bucket);
  } finally {
    s3.destroy();
  }
}

/** Puts the demo's CSV files into a bucket, those that are not there. @returns the keys that were put */
export async function seedBucket(s3: S3Client, bucket: string): Promise<string[]> {
  const put: string[] = [];
  for (const { key, text } of await sourceObjects(dataFolder())) {
    if ((await sizeOf(s3, bucket, key)) === Buffer.byteLength(text)) continue;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'text/csv' }));
    put.push(key);
  }
  return put;
}

async function sizeOf(s3: S3Client, bucket: string, key: string): Promise<number | undefined> {
  try {
    return (await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).ContentLength;
  } catch {
    return undefined;
  }
}
