import { type NetworkView, type NodeView, others } from './network-view.js'

/** A change of one node, for people who read lines. */
export interface Change {
  readonly name: string
  readonly text: string
}

/** What changed from one view to the next: one entry for each node that learned or forgot somebody. */
export function changes(before: NetworkView | undefined, after: NetworkView): Change[] {
  return after.flatMap((node, index) => {
    const text = change(before?.[index]?.knows ?? new Set(), node, after)
    return text === undefined ? [] : [{ name: node.name, text }]
  })
}

function change(before: ReadonlySet<string>, node: NodeView, view: NetworkView): string | undefined {
  if (node.state !== 'up') return undefined
  const learned = [...node.knows].filter((name) => !before.has(name)).sort()
  const forgotten = [...before].filter((name) => !node.knows.has(name)).sort()
  if (learned.length + forgotten.length === 0) return undefined
  const parts = [
    ...(learned.length > 0 ? [`met ${learned.join(', ')}`] : []),
    ...(forgotten.length > 0 ? [`forgot ${forgotten.join(', ')}`] : []),
  ]
  return `${parts.join('; ')} (knows ${node.knows.size} of ${others(view, node).length})`
}
