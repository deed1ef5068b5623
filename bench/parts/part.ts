/** How long and how often to measure. */
export interface Settings {
  readonly isQuick: boolean
  /** In place of the part's own number of rounds. */
  readonly rounds: number | undefined
  /** Length of a round under load, in place of the part's own. */
  readonly seconds: number | undefined
  /** Tells how far the run is. */
  readonly say: (text: string) => void
}

/** Something that was promised of the product, and what was measured. */
export interface Floor {
  readonly what: string
  readonly wanted: string
  readonly measured: string
  readonly isMet: boolean
}

/** What a part of the bench has to tell. */
export interface Section {
  readonly title: string
  /** Markdown. */
  readonly text: string
  readonly floors: readonly Floor[]
}

export interface Part {
  readonly name: string
  readonly run: (settings: Settings) => Promise<Section>
}
