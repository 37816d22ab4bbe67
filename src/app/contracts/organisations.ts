import { createPrivateKey } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Type as T } from '@sinclair/typebox'
import { compile } from '../../api/validator.js'
import { parseJson } from '../../base/json.js'
import type { NamedIdentity } from '../../contract/calls/identity-book.js'
import { Organisation } from '../../contract/identity/organisation.js'
import { loadOrganisation, saveOrganisation } from '../../contract/identity/organisation-file.js'
import { pemOfKey } from '../../contract/identity/pem-of-key.js'
import { writeFileAtomic, writeFilesAtomic } from '../../store/atomic-write.js'
import { makeFolder } from '../../store/folder.js'
import { jsonText } from '../../store/json-file.js'

/** Who there is in every organisation from the start. */
const FIRST_IDENTITIES = [
  { commonName: 'user1', role: 'client' },
  { commonName: 'admin', role: 'admin' },
] as const

const KeptIdentity = T.Object(
  { name: T.String(), msp_id: T.String(), certificate: T.String(), private_key: T.String() },
  { additionalProperties: false },
)
const fault = compile(KeptIdentity)

/** The organisations of these MSP ids, with their keys: those of an earlier run, or new ones. */
export async function openOrganisations(
  folder: string,
  mspIds: readonly string[],
  nowMs: number,
): Promise<readonly Organisation[]> {
  const organisations: Organisation[] = []
  for (const mspId of mspIds) {
    const own = join(folder, 'organisations', mspId)
    await makeFolder(own)
    const kept = await loadOrganisation(own)
    const organisation = kept ?? (await Organisation.create(mspId, nowMs))
    if (!kept) await saveOrganisation(own, organisation, writeFilesAtomic)
    organisations.push(organisation)
  }
  return organisations
}

/** Identities of these organisations that the node keeps; each organisation has two from the start. */
export async function openIdentities(
  folder: string,
  organisations: readonly Organisation[],
  nowMs: number,
): Promise<readonly NamedIdentity[]> {
  const own = join(folder, 'identities')
  await makeFolder(own)
  const kept = new Map((await readIdentities(own)).map((each) => [each.name, each]))
  const first: NamedIdentity[] = []
  for (const { commonName, role } of FIRST_IDENTITIES) {
    for (const organisation of organisations) {
      const name = `${commonName}@${organisation.mspId}`
      const found = kept.get(name) ?? { ...(await organisation.issue({ commonName, role }, nowMs)), name }
      if (!kept.delete(name)) await keepIdentity(folder, found)
      first.push(found)
    }
  }
  const hosted = new Set(organisations.map(({ mspId }) => mspId))
  return [...first, ...[...kept.values()].filter(({ mspId }) => hosted.has(mspId))]
}

/** Writes an identity with its key, for its owner alone to read. */
export function keepIdentity(
  folder: string,
  { name, mspId, certificate, privateKey }: NamedIdentity,
): Promise<void> {
  const content = { name, msp_id: mspId, certificate, private_key: pemOfKey(privateKey) }
  return writeFileAtomic(join(folder, 'identities', `${name}.json`), jsonText(content), { mode: 0o600 })
}

async function readIdentities(folder: string): Promise<readonly NamedIdentity[]> {
  const names = (await readdir(folder)).filter((name) => /^[^.].*\.json$/.test(name))
  return Promise.all(names.sort().map((name) => readIdentity(join(folder, name))))
}

/** @throws {Error} one line for people, which quotes nothing of the file: it holds a key */
async function readIdentity(path: string): Promise<NamedIdentity> {
  try {
    const json = parseJson(await readFile(path, 'utf8'))
    if (fault(json)) throw new Error('it has another shape')
    const { name, msp_id, certificate, private_key } = json as Record<string, string>
    const privateKey = createPrivateKey(private_key ?? '')
    return { name: name ?? '', mspId: msp_id ?? '', certificate: certificate ?? '', privateKey }
  } catch {
    throw new Error(`${path} is no identity; put the right file back, or move it away`)
  }
}
