/** For programs that `ServerProcess` starts: tells it where they listen, tells what they cost when asked, and ends with it. */
export function serving(url: string): void {
  process.on('message', () => process.send?.(process.cpuUsage()))
  process.once('disconnect', () => process.exit())
  process.send?.(url)
}
