export async function start(args: string[]): Promise<number> {
  return args.length;
}
