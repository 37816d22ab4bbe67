import { expect, test } from '@jest/globals'
import { checkRewardAddress } from '../../src/app/reward-address.js'
import { SettingsError } from '../../src/app/settings/errors.js'
import { nodeSettings } from '../../src/app/settings/node-settings.js'
import { CLIENT, DNS_SERVER } from '../../src/app/settings/programs.js'

const SOMEBODY = ['--reward-address', `0x${'1'.repeat(40)}`]

const faultOf = async (...args: string[]): Promise<unknown> => {
  const settings = await nodeSettings(CLIENT, args, {})
  try {
    checkRewardAddress(settings)
    return undefined
  } catch (error) {
    return error
  }
}

test.each([
  ['lan', ['--profile', 'lan']],
  ['lan', ['--advertise', '10.0.0.1:5000']],
  ['public', ['--profile', 'public']],
  ['public', ['--advertise', '8.8.8.8:5000']],
])('a node of profile %s by %j does not mine for nobody', async (profile, args) => {
  for (const mode of ['auto', 'interval', 'pow']) {
    expect(await faultOf(...args, '--mine', mode)).toEqual(
      new SettingsError(`--mine ${mode} needs --reward-address in profile ${profile}`),
    )
    expect(await faultOf(...args, '--mine', mode, ...SOMEBODY)).toBeUndefined()
  }
  expect(await faultOf(...args, '--mine', 'off')).toBeUndefined()
  expect(await faultOf(...args)).toBeUndefined()
})

test('a node of profile dev, and a seed server, need nobody to be named', async () => {
  expect(await faultOf('--mine', 'pow')).toBeUndefined()
  expect(await faultOf('--advertise', '8.8.8.8:5000', '--profile', 'dev', '--mine', 'pow')).toBeUndefined()
  checkRewardAddress(await nodeSettings(DNS_SERVER, ['--profile', 'public'], {}))
})
