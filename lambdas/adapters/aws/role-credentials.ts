import { required } from './required.ts';
import type { Credentials } from './sign-request.ts';

/** The credentials of its role, as Lambda puts them into the environment. */
export function roleCredentials(env: NodeJS.ProcessEnv): Credentials {
  const { AWS_SESSION_TOKEN: sessionToken } = env;
  return {
    accessKeyId: required(env, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: required(env, 'AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken && { sessionToken }),
  };
}
