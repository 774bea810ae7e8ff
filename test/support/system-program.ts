/** The folder of a program that `npm test` has found or installed. */
export async function folderOf(program: string): Promise<string> {
  const path = new URL('../../scripts/system-dependencies.mjs', import.meta.url).href
  const { locate } = (await import(path)) as { locate: (name: string) => Promise<string | undefined> }
  const folder = await locate(program)
  if (folder === undefined) throw new Error(`${program} is not installed`)
  return folder
}
