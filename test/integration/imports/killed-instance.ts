// A process with one instance that is killed at the COMMIT of one of its batches. Arguments: the URL of the database, before or after which COMMIT.
import { postgres } from 'fulcrum/postgres'
import { crashing } from '../../support/crashing-store.ts'
import { itemsApp } from './items-app.ts'

const [url = '', when = '', number = '1'] = process.argv.slice(2)
const crash = { operation: 'items.import', point: `${when} the commit`, from: Number(number) }

const { url: address } = await itemsApp(crashing(postgres({ url }), crash))
process.send?.(address)
