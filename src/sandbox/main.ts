// placeholder
export async function runSandbox(): Promise<void> {
  await Promise.resolve();
}
