import type { ProgramText } from './layers.js'

export const CLIENT: ProgramText = {
  name: 'client',
  program: 'client',
  describe:
    'A Terrarium node\nFinds other nodes through its seed server, and keeps a blockchain whose blocks are JSON files.',
  examples: [
    ['$0', 'a node on a free port, known to the seed server on this machine'],
    ['$0 -p 55000 -bf blocks -bt block', 'a node on port 55000, blocks in blocks/block<height>.json'],
    ['$0 -i 192.168.1.5 -di 192.168.1.2', 'a node on a local network'],
  ],
}

export const DNS_SERVER: ProgramText = {
  name: 'dns',
  program: 'dns',
  describe: 'A Terrarium seed server\nKnows the nodes of one network and tells newcomers about them.',
  examples: [
    ['$0 --port 42020', 'a seed server for this machine'],
    ['$0 -i 192.168.1.2', 'a seed server for a local network'],
  ],
}
