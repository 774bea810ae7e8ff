import { expect, it } from 'vitest'
import { Metrics } from './metrics.ts'

it('tells what waits anywhere, and what has become of the runs here', () => {
  const depths = [{ queue: 'orders.bill', waiting: 2, delayed: 1, running: 3, dead: 4, age: 1.5 }]
  const counts = [{ job: 'orders.bill', done: 5, failed: 6, 'given back': 0, lost: 7 }]
  const lines = new Metrics().render({ nodes: [], inFlight: 0, jobs: { depths, counts } }).split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      'fulcrum_jobs{job="orders.bill",state="waiting"} 2',
      'fulcrum_jobs{job="orders.bill",state="dead"} 4',
      'fulcrum_job_wait_seconds{job="orders.bill"} 1.5',
      'fulcrum_job_runs_total{job="orders.bill",outcome="done"} 5',
      'fulcrum_job_runs_total{job="orders.bill",outcome="lost"} 7',
    ]),
  )
})

it('says nothing of jobs where there are none', () => {
  expect(new Metrics().render({ nodes: [], inFlight: 0 })).not.toContain('fulcrum_job')
})
