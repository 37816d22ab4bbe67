import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { entropyToMnemonic, validateMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { WalletError } from './wallet-error.js'

/** Gives that many random bytes, such as `randomBytes` of node:crypto. */
export type RandomBytes = (size: number) => Uint8Array

/** How many words a mnemonic may have; three words hold 32 bits of entropy and one of checksum. */
export const WORD_COUNTS: readonly number[] = [12, 15, 18, 21, 24]

const KNOWN_WORDS: ReadonlySet<string> = new Set(wordlist)
const SEED_ROUNDS = 2048
const SEED_BYTES = 64
const pbkdf2Async = promisify(pbkdf2)

/** A new BIP-39 mnemonic of English words. @throws {WalletError} `mnemonic` for a word count BIP-39 does not have. */
export function createMnemonic(wordCount: number, random: RandomBytes): string {
  checkWordCount(wordCount)
  return mnemonicFromEntropy(random((wordCount / 3) * 4))
}

/** The mnemonic that spells these 16, 20, 24, 28 or 32 bytes. */
export function mnemonicFromEntropy(entropy: Uint8Array): string {
  return entropyToMnemonic(entropy, wordlist)
}

/**
 * The mnemonic as the standard spells it: lower case, one space between words.
 * @throws {WalletError} `mnemonic`; names a bad word by its place only, since the message may end up in a log.
 */
export function parseMnemonic(text: string): string {
  const words = text.normalize('NFKD').toLowerCase().split(/\s+/).filter(Boolean)
  checkWordCount(words.length)
  const unknown = words.flatMap((word, i) => (KNOWN_WORDS.has(word) ? [] : [i + 1]))
  if (unknown.length > 0) throw new WalletError('mnemonic', unknownWords(unknown))
  const mnemonic = words.join(' ')
  if (validateMnemonic(mnemonic, wordlist)) return mnemonic
  throw new WalletError(
    'mnemonic',
    'the checksum is wrong: all words exist, but one is not the right one, or two changed places',
  )
}

/**
 * The 64 bytes that all keys derive from. Runs on the thread pool, so the event loop goes on.
 * `extraPassphrase` is the one of BIP-39; the wallet uses none. The words are not checked: see {@link parseMnemonic}.
 */
export function seedOf(mnemonic: string, extraPassphrase = ''): Promise<Uint8Array> {
  const salt = `mnemonic${extraPassphrase}`.normalize('NFKD')
  return pbkdf2Async(mnemonic.normalize('NFKD'), salt, SEED_ROUNDS, SEED_BYTES, 'sha512')
}

function checkWordCount(count: number): void {
  if (WORD_COUNTS.includes(count)) return
  throw new WalletError('mnemonic', `a mnemonic has ${WORD_COUNTS.join(', ')} words, not ${count}`)
}

function unknownWords(places: readonly number[]): string {
  const which = places.length === 1 ? `word ${places.join()} is` : `words ${places.join(', ')} are`
  return `${which} not in the English word list of BIP-39`
}
