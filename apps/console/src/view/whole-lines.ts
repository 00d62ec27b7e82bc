// SPDX-License-Identifier: Apache-2.0

/** The lines of a text up to so many characters, and whether there are more; then nothing more of it is read. */
export async function wholeLines(
  body: ReadableStream<Uint8Array>,
  maxCharacters: number,
): Promise<{ readonly text: string; readonly isPart: boolean }> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    if (text.length > maxCharacters) {
      await reader.cancel();
      return { text: text.slice(0, text.lastIndexOf('\n', maxCharacters - 1) + 1), isPart: true };
    }
    if (done) return { text, isPart: false };
  }
}
