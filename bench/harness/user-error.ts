/** Something that whoever runs the bench can put right: its message is all there is to tell. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/** Runs a program of the bench; if it fails, says why and makes the exit code 1. */
export async function runProgram(program: () => Promise<void>): Promise<void> {
  try {
    await program()
  } catch (error) {
    console.error(error instanceof UserError ? error.message : error)
    process.exitCode = 1
  }
}
