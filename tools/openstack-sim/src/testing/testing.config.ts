/** The folders in which programs are looked for, as the shell that runs the tests has them. */
export const searchPath = process.env['PATH'] ?? '';
