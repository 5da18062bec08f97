/** For jest: a text file as a module, as the bundler makes one of it. */
export const process = (text: string) => ({ code: `export default ${JSON.stringify(text)};` });
