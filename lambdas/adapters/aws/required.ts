/** The value of an environment variable that the stack must set. @throws Error naming it */
export function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`${name} is not set: the stack that deploys this function must set it`);
  return value;
}
