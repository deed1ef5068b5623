/** Exit code that stands for the status of a reply: 3, 4 or 5 for 3xx, 4xx and 5xx, else 0. */
export function exitCodeOfStatus(statusCode: number): number {
  return statusCode >= 300 ? Math.min(5, Math.floor(statusCode / 100)) : 0
}
