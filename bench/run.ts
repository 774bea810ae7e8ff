// `npm run bench`: every benchmark, or those that are named; `--write` puts what they print into docs/benchmarks.md, where the others keep what they
// have, and other options are theirs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const page = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url))
const all = globSync('*.ts', { cwd: here })
  .map((file) => basename(file, '.ts'))
  .filter((name) => name !== 'run')
  .toSorted()

const options = process.argv
  .slice(2)
  .filter((argument) => argument.startsWith('--') && argument !== '--write')
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const unknown = asked.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}. There are: ${all.join(', ')}.`)
  process.exit(2)
}

const sections = sectionsOf(readFileSync(page, 'utf8'))
for (const name of asked.length > 0 ? asked : all) sections.set(name, section(name, await run(name)))
if (process.argv.includes('--write')) writeFileSync(page, [heading(), ...inOrder(sections)].join('\n'))

async function run(name: string): Promise<string> {
  console.log(`\n# ${name}`)
  const child = spawn(process.execPath, [`${name}.ts`, ...options], {
    cwd: here,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text)
    output += text
  })
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) process.exitCode = 1
  return output
}

function section(name: string, output: string): string {
  return `## ${name}\n\n\`\`\`text no-run="figures of one run"\n${output.trim()}\n\`\`\`\n`
}

/** What is on the page, by benchmark. */
function sectionsOf(text: string): Map<string, string> {
  const [, ...parts] = text.split(/^## /m)
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), `## ${part.trimEnd()}\n`]))
}

/** Of those that there still are. */
function inOrder(written: ReadonlyMap<string, string>): string[] {
  return all.flatMap((name) => written.get(name) ?? [])
}

function heading(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return [
    '# Benchmarks',
    '',
    '<!-- Written by `npm run bench -- --write`. Do not edit. -->',
    '',
    `Node ${process.version}, ${platform()} ${release()} ${arch()}, ${cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, last on ${new Date().toISOString().slice(0, 10)}.`,
    'Contenders run in alternation and in processes of their own where they serve; figures are medians. Read the ratios: absolute figures belong to this machine, which also runs the load generator and the database.',
    '',
  ].join('\n')
}
