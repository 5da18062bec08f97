/** A text file, such as a prompt: the bundler puts it into the Lambda, `import text from './x.md' with { type: 'text' }`. */
declare module '*.md' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: that is how a module that is a text is imported
  export default text;
}
